# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/ssh/agent.c src/ssh/agent.h \
	src/ssh/agentbind.c src/ssh/agentbind.h \
	src/ssh/agentfwd.c src/ssh/agentfwd.h \
	src/ssh/ask.c src/ssh/ask.h \
	src/ssh/addkey.c src/ssh/addkey.h \
	src/ssh/auth.c src/ssh/auth.h \
	src/ssh/auth_store.c src/ssh/auth_store.h \
	src/ssh/auth_tell.c \
	src/ssh/auth_unlock.c \
	src/ssh/channel.c src/ssh/channel.h \
	src/ssh/chatter.c src/ssh/chatter.h \
	src/ssh/companion.c src/ssh/companion.h \
	src/ssh/driver.c src/ssh/driver.h \
	src/ssh/driver_exec.c \
	src/ssh/driver_mux.c \
	src/ssh/driver_program.c \
	src/ssh/driver_libssh.c src/ssh/driver_libssh.h \
	src/ssh/driver_libssh_agent.c \
	src/ssh/driver_libssh_chan.c \
	src/ssh/driver_libssh_direct.c \
	src/ssh/driver_libssh_err.c src/ssh/driver_libssh_err.h \
	src/ssh/driver_libssh_log.c src/ssh/driver_libssh_log.h \
	src/ssh/driver_libssh_fwd.c \
	src/ssh/driver_libssh_heap.c src/ssh/driver_libssh_heap.h \
	src/ssh/driver_libssh_key.c \
	src/ssh/driver_libssh_tty.c \
	src/ssh/driver_libssh_write.c \
	src/ssh/forwards.c src/ssh/forwards.h src/ssh/forwards_internal.h \
	src/ssh/fwdconn.c \
	src/ssh/fwdremote.c \
	src/ssh/hostkey.c src/ssh/hostkey.h src/ssh/hostkey_internal.h \
	src/ssh/hostkey_add.c src/ssh/hostkey_files.c \
	src/ssh/hostkey_ask.c src/ssh/hostkey_ask.h \
	src/ssh/inlet.c src/ssh/inlet.h \
	src/ssh/keepalive.c src/ssh/keepalive.h \
	src/ssh/khcommand.c src/ssh/khcommand.h \
	src/ssh/muxclient.c src/ssh/muxclient.h \
	src/ssh/muxforward.c src/ssh/muxforward.h \
	src/ssh/muxguest.c src/ssh/muxguest.h \
	src/ssh/muxjump.c src/ssh/muxjump.h \
	src/ssh/muxlink.c src/ssh/muxlink.h \
	src/ssh/muxmaster.c src/ssh/muxmaster.h \
	src/ssh/password.c src/ssh/password.h \
	src/ssh/pipes.c src/ssh/pipes.h \
	src/ssh/pool.c src/ssh/pool.h \
	src/ssh/process.c src/ssh/process.h \
	src/ssh/proxy.c src/ssh/proxy.h \
	src/ssh/localcmd.c src/ssh/localcmd.h \
	src/ssh/relay.c src/ssh/relay.h \
	src/ssh/session.c src/ssh/session.h src/ssh/session_internal.h \
	src/ssh/session_login.c \
	src/ssh/session_ready.c \
	src/ssh/sshlog.c src/ssh/sshlog.h \
	src/ssh/transport.c src/ssh/transport.h \
	src/ssh/window.c src/ssh/window.h
