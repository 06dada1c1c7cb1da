# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/op/test_copy tests/unit/op/test_greeting \
	tests/unit/op/test_landing tests/unit/op/test_pack \
	tests/unit/op/test_place tests/unit/op/test_shellglob \
	tests/unit/op/test_stripes tests/unit/op/test_sudo \
	tests/unit/op/test_sweep_get tests/unit/op/test_sweep_put \
	tests/unit/op/test_unpack \
	tests/unit/op/test_xfer tests/unit/op/test_xfer_check \
	tests/unit/op/test_xfer_own
tests_unit_op_test_sudo_SOURCES = tests/unit/op/test_sudo.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h
tests_unit_op_test_sudo_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_sudo_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_pack_SOURCES = tests/unit/op/test_pack.c
tests_unit_op_test_pack_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_pack_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_place_SOURCES = tests/unit/op/test_place.c
tests_unit_op_test_place_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_place_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_shellglob_SOURCES = tests/unit/op/test_shellglob.c
tests_unit_op_test_shellglob_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_shellglob_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_stripes_SOURCES = tests/unit/op/test_stripes.c
tests_unit_op_test_stripes_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_stripes_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_unpack_SOURCES = tests/unit/op/test_unpack.c \
	tests/lib/archive.c tests/lib/archive.h
tests_unit_op_test_unpack_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_unpack_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_xfer_SOURCES = tests/unit/op/test_xfer.c \
	tests/lib/sftp_server.c tests/lib/sftp_server.h
tests_unit_op_test_xfer_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_xfer_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_xfer_check_SOURCES = tests/unit/op/test_xfer_check.c
tests_unit_op_test_xfer_check_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_xfer_check_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_greeting_SOURCES = tests/unit/op/test_greeting.c
tests_unit_op_test_greeting_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_greeting_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_landing_SOURCES = tests/unit/op/test_landing.c
tests_unit_op_test_landing_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_landing_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_xfer_own_SOURCES = tests/unit/op/test_xfer_own.c
tests_unit_op_test_xfer_own_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_xfer_own_LDADD = $(rsh_test_ldadd)
copy_rig_sources = tests/lib/copy_rig.c tests/lib/copy_rig.h \
	tests/lib/sftp_server.c tests/lib/sftp_server.h
tests_unit_op_test_sweep_get_SOURCES = tests/unit/op/test_sweep_get.c \
	$(copy_rig_sources)
tests_unit_op_test_sweep_get_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_sweep_get_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_sweep_put_SOURCES = tests/unit/op/test_sweep_put.c \
	$(copy_rig_sources)
tests_unit_op_test_sweep_put_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_sweep_put_LDADD = $(rsh_test_ldadd)
tests_unit_op_test_copy_SOURCES = tests/unit/op/test_copy.c \
	$(copy_rig_sources)
tests_unit_op_test_copy_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_copy_LDADD = $(rsh_test_ldadd)
endif
