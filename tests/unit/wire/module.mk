# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/wire/test_mux \
	tests/unit/wire/test_sftp \
	tests/unit/wire/test_socks \
	tests/unit/wire/test_tar \
	tests/unit/wire/test_tar_read \
	tests/unit/wire/test_ttymodes
tests_unit_wire_test_mux_SOURCES = tests/unit/wire/test_mux.c
tests_unit_wire_test_mux_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_test_mux_LDADD = $(pure_test_ldadd)

tests_unit_wire_test_sftp_SOURCES = tests/unit/wire/test_sftp.c \
	tests/lib/sftp_server.c tests/lib/sftp_server.h
tests_unit_wire_test_sftp_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_test_sftp_LDADD = $(pure_test_ldadd)

tests_unit_wire_test_socks_SOURCES = tests/unit/wire/test_socks.c
tests_unit_wire_test_socks_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_test_socks_LDADD = $(pure_test_ldadd)
tests_unit_wire_test_tar_SOURCES = tests/unit/wire/test_tar.c
tests_unit_wire_test_tar_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_test_tar_LDADD = $(pure_test_ldadd)
tests_unit_wire_test_tar_read_SOURCES = tests/unit/wire/test_tar_read.c \
	tests/lib/archive.c tests/lib/archive.h
tests_unit_wire_test_tar_read_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_test_tar_read_LDADD = $(pure_test_ldadd)

tests_unit_wire_test_ttymodes_SOURCES = tests/unit/wire/test_ttymodes.c
tests_unit_wire_test_ttymodes_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_test_ttymodes_LDADD = $(pure_test_ldadd)
endif
