# SPDX-License-Identifier: Apache-2.0
dist_noinst_SCRIPTS += contrib/check contrib/demo contrib/openssh-regress \
	contrib/pictures
dist_noinst_DATA += contrib/lib.sh contrib/tests.sh contrib/packages.txt \
	contrib/packages-ci.txt contrib/openssh-regress.table
