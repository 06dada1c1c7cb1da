# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/ssh/test_agent \
	tests/unit/ssh/test_agentbind \
	tests/unit/ssh/test_auth \
	tests/unit/ssh/test_auth_unlock \
	tests/unit/ssh/test_driver_libssh_err \
	tests/unit/ssh/test_driver_libssh_heap \
	tests/unit/ssh/test_driver_libssh_odd \
	tests/unit/ssh/test_forwards \
	tests/unit/ssh/test_hostkey \
	tests/unit/ssh/test_hostkey_add \
	tests/unit/ssh/test_hostkey_ask \
	tests/unit/ssh/test_hostkey_faults \
	tests/unit/ssh/test_inlet \
	tests/unit/ssh/test_khcommand \
	tests/unit/ssh/test_muxclient \
	tests/unit/ssh/test_muxguest \
	tests/unit/ssh/test_muxjump \
	tests/unit/ssh/test_muxmaster \
	tests/unit/ssh/test_password \
	tests/unit/ssh/test_pool \
	tests/unit/ssh/test_session \
	tests/unit/ssh/test_sshlog \
	tests/unit/ssh/test_window
tests_unit_ssh_test_agent_SOURCES = tests/unit/ssh/test_agent.c \
	tests/lib/fake_agent.c tests/lib/fake_agent.h
tests_unit_ssh_test_agent_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_agent_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_agentbind_SOURCES = tests/unit/ssh/test_agentbind.c
tests_unit_ssh_test_agentbind_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_agentbind_LDADD = $(rsh_test_ldadd)
session_rig_sources = tests/lib/session_rig.c tests/lib/session_rig.h \
	tests/lib/fake_driver.c tests/lib/fake_driver.h
auth_rig_sources = tests/lib/auth_rig.c tests/lib/auth_rig.h \
	tests/lib/fake_agent.c tests/lib/fake_agent.h
tests_unit_ssh_test_auth_SOURCES = tests/unit/ssh/test_auth.c \
	$(auth_rig_sources)
tests_unit_ssh_test_auth_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_auth_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_auth_unlock_SOURCES = tests/unit/ssh/test_auth_unlock.c \
	$(auth_rig_sources)
tests_unit_ssh_test_auth_unlock_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_auth_unlock_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_driver_libssh_err_SOURCES = \
	tests/unit/ssh/test_driver_libssh_err.c
tests_unit_ssh_test_driver_libssh_err_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_driver_libssh_err_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_driver_libssh_heap_SOURCES = \
	tests/unit/ssh/test_driver_libssh_heap.c
tests_unit_ssh_test_driver_libssh_heap_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_driver_libssh_heap_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_driver_libssh_odd_SOURCES = \
	tests/unit/ssh/test_driver_libssh_odd.c \
	tests/lib/ssh_client.c tests/lib/ssh_client.h \
	tests/lib/shell.c tests/lib/shell.h \
	tests/lib/sshd.c tests/lib/sshd.h
tests_unit_ssh_test_driver_libssh_odd_CPPFLAGS = $(unit_cppflags) \
	$(LIBSSH_CFLAGS)
tests_unit_ssh_test_driver_libssh_odd_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_forwards_SOURCES = tests/unit/ssh/test_forwards.c \
	$(session_rig_sources)
tests_unit_ssh_test_forwards_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_forwards_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_hostkey_SOURCES = tests/unit/ssh/test_hostkey.c \
	tests/lib/hostkey_world.c tests/lib/hostkey_world.h
tests_unit_ssh_test_hostkey_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_hostkey_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_hostkey_add_SOURCES = tests/unit/ssh/test_hostkey_add.c \
	tests/lib/hostkey_world.c tests/lib/hostkey_world.h
tests_unit_ssh_test_hostkey_add_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_hostkey_add_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_hostkey_ask_SOURCES = tests/unit/ssh/test_hostkey_ask.c \
	tests/lib/fake_prompter.c tests/lib/fake_prompter.h
tests_unit_ssh_test_hostkey_ask_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_hostkey_ask_LDADD = $(rsh_test_ldadd)
# Without libssh, which uses libcrypto before main() can give it its memory.
tests_unit_ssh_test_hostkey_faults_SOURCES = tests/unit/ssh/test_hostkey_faults.c
tests_unit_ssh_test_hostkey_faults_CPPFLAGS = $(unit_cppflags) $(CRYPTO_CFLAGS)
tests_unit_ssh_test_hostkey_faults_LDADD = librsh.a $(pure_test_ldadd)
tests_unit_ssh_test_hostkey_faults_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=reallocarray \
	-Wl,--wrap=vasprintf,--wrap=__vasprintf_chk \
	-Wl,--wrap=open,--wrap=pread
tests_unit_ssh_test_inlet_SOURCES = tests/unit/ssh/test_inlet.c \
	$(session_rig_sources)
tests_unit_ssh_test_inlet_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_inlet_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_khcommand_SOURCES = tests/unit/ssh/test_khcommand.c
tests_unit_ssh_test_khcommand_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_khcommand_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_muxclient_SOURCES = tests/unit/ssh/test_muxclient.c \
	tests/unit/ssh/scripted_master.h
tests_unit_ssh_test_muxclient_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_muxclient_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_muxguest_SOURCES = tests/unit/ssh/test_muxguest.c \
	$(session_rig_sources)
tests_unit_ssh_test_muxguest_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_muxguest_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_muxjump_SOURCES = tests/unit/ssh/test_muxjump.c \
	tests/unit/ssh/scripted_master.h
tests_unit_ssh_test_muxjump_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_muxjump_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_muxmaster_SOURCES = tests/unit/ssh/test_muxmaster.c \
	$(session_rig_sources)
tests_unit_ssh_test_muxmaster_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_muxmaster_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_password_SOURCES = tests/unit/ssh/test_password.c
tests_unit_ssh_test_password_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_password_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_pool_SOURCES = tests/unit/ssh/test_pool.c
tests_unit_ssh_test_pool_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_pool_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_session_SOURCES = tests/unit/ssh/test_session.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h \
	tests/lib/fake_prompter.c tests/lib/fake_prompter.h
tests_unit_ssh_test_session_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_session_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_sshlog_SOURCES = tests/unit/ssh/test_sshlog.c
tests_unit_ssh_test_sshlog_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_sshlog_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_window_SOURCES = tests/unit/ssh/test_window.c
tests_unit_ssh_test_window_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_window_LDADD = $(rsh_test_ldadd)
# OpenSSH's server and agent are needed for the rest.
if HAVE_SSHD
check_PROGRAMS += \
	tests/unit/ssh/test_driver_contract \
	tests/unit/ssh/test_driver_fwd \
	tests/unit/ssh/test_driver_libssh
tests_unit_ssh_test_agent_CPPFLAGS += -DHAVE_SSHD
tests_unit_ssh_test_agent_SOURCES += tests/lib/shell.c tests/lib/shell.h
tests_unit_ssh_test_driver_contract_SOURCES = \
	tests/unit/ssh/test_driver_contract.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h \
	tests/lib/ssh_client.c tests/lib/ssh_client.h \
	tests/lib/shell.c tests/lib/shell.h \
	tests/lib/sshd.c tests/lib/sshd.h
tests_unit_ssh_test_driver_contract_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_driver_contract_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_driver_fwd_SOURCES = \
	tests/unit/ssh/test_driver_fwd.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h \
	tests/lib/ssh_client.c tests/lib/ssh_client.h \
	tests/lib/shell.c tests/lib/shell.h \
	tests/lib/sshd.c tests/lib/sshd.h
tests_unit_ssh_test_driver_fwd_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_driver_fwd_LDADD = $(rsh_test_ldadd)
tests_unit_ssh_test_driver_libssh_SOURCES = \
	tests/unit/ssh/test_driver_libssh.c \
	tests/lib/ssh_client.c tests/lib/ssh_client.h \
	tests/lib/shell.c tests/lib/shell.h \
	tests/lib/sshd.c tests/lib/sshd.h
tests_unit_ssh_test_driver_libssh_CPPFLAGS = $(unit_cppflags)
tests_unit_ssh_test_driver_libssh_LDADD = $(rsh_test_ldadd)
endif
endif
