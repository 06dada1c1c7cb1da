# SPDX-License-Identifier: Apache-2.0
# Tests of the whole program, in bats.
e2e_tests =
EXTRA_DIST += tests/lib/rsh.bash tests/lib/scaled.bash \
	tests/lib/sshd.bash
