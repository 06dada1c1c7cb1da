/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/sshconf.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/match.h"

/* Files as strings; the last has no path. */
struct file {
	const char *path, *text;
};

static int read_string(void *arg, const char *path, size_t max, bool check_perm,
		       struct strbuf *out, struct err *err)
{
	(void)max;
	for (const struct file *f = arg; f->path; f++) {
		if (strcmp(f->path, path) != 0)
			continue;
		if (check_perm && strstr(path, "writable"))
			return err_set(err, ERR_CONFIG,
				       "bad owner or permissions on '%s'",
				       path);
		strbuf_addstr(out, f->text);
		return 1;
	}
	return 0;
}

static int glob_strings(void *arg, const char *pattern, struct strvec *paths,
			struct err *err)
{
	(void)err;
	for (const struct file *f = arg; f->path; f++)
		if (match_glob(pattern, f->path))
			strvec_push(paths, f->path);
	return 0;
}

static const char *get_env(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "TEAM") == 0 ? "blue%h" : NULL;
}

static const struct sshconf_env env = {
	.home = "/home/ann",
	.local_user = "ann",
	.local_host = "desk.example.org",
	.uid = 1000,
	.getenv = get_env,
};

static void collect(void *arg, const char *text)
{
	strbuf_addf(arg, "%s\n", text);
}

static struct sshconf *load(const char *user_file, const struct file *files,
			    const struct sshconf_override *over,
			    struct strbuf *bad, struct err *err)
{
	union {
		const struct file *in;
		void *out;
	} arg = { .in = files };
	const struct source source = { read_string, glob_strings, arg.out };

	return sshconf_load(user_file, over, &env, &source,
			    bad ? collect : NULL, bad, err);
}

/* A configuration that must be good. */
static struct sshconf *good(const struct file *files)
{
	struct strbuf bad = STRBUF_INIT(10000);
	struct err err = { 0 };
	struct sshconf *conf = load(NULL, files, NULL, &bad, &err);

	assert_string_equal(bad.buf, "");
	assert_non_null(conf);
	strbuf_release(&bad);
	return conf;
}

static const struct ssh_opts *resolve(struct sshconf *conf, const char *host)
{
	struct err err = { 0 };
	const struct ssh_opts *o = sshconf_resolve(conf, host, NULL, 0, &err);

	assert_non_null(o);
	return o;
}

static void blocks_count_for_the_hosts_they_name(void **state)
{
	static const struct file files[] = {
		{ "/home/ann/.ssh/config", "Host web* !web9 \"db one\"\n"
					   "  Port 1\n"
					   "Host web1 web2\n"
					   "  Port 2\n"
					   "  User two\n"
					   "Host !web3 *\n"
					   "  User three\n"
					   "Host w?b3\n"
					   "  User four\n"
					   "Host !x\n"
					   "  Port 99\n"
					   "Match all\n"
					   "  ConnectTimeout 7\n"
					   "Host a,b\n"
					   "  Port 98\n" },
		{ "/etc/ssh/ssh_config", "Port 10\nUser sys\nHost Web1\n"
					 "BatchMode yes\n" },
		{ 0 },
	};
	static const struct {
		const char *host;
		int port;
		const char *user;
		int batch;
	} rows[] = {
		{ "web1", 1, "two", 0 },    { "web3", 1, "four", 0 },
		{ "web9", 10, "three", 0 }, { "Web1", 10, "three", 1 },
		{ "web2", 1, "two", 0 },    { "a", 10, "three", 0 },
		{ "x", 10, "three", 0 },
	};
	struct sshconf *conf = good(files);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ssh_opts *o = resolve(conf, rows[i].host);

		ROW(o->port == rows[i].port, rows[i].host);
		ROW(strcmp(o->user, rows[i].user) == 0, rows[i].host);
		ROW(o->batch_mode == rows[i].batch, rows[i].host);
		ROW(o->connect_timeout == 7, rows[i].host);
	}
	sshconf_free(conf);
}

static void includes_count_where_they_stand(void **state)
{
	static const struct file files[] = {
		{ "/home/ann/.ssh/config", "Include conf.d/* ~/more\n"
					   "Host a\n"
					   "  Include in-a\n"
					   "  User after\n"
					   "Host *\n"
					   "  Port 3\n"
					   "Include nothing-here\n" },
		{ "/home/ann/.ssh/conf.d/1", "Host a\nPort 1\n" },
		{ "/home/ann/.ssh/conf.d/2", "Host *\nConnectTimeout 2\n" },
		{ "/home/ann/more", "ConnectTimeout 3\nCompression yes\n" },
		{ "/home/ann/.ssh/in-a", "BatchMode yes\nHost b\nPort 2\n"
					 "Host a\nUser in-a\n" },
		{ "/etc/ssh/ssh_config", "Include rel\n" },
		{ "/etc/ssh/rel", "HostKeyAlias Sys\n" },
		{ 0 },
	};
	struct sshconf *conf = good(files);
	const struct ssh_opts *a = resolve(conf, "a"), *b = resolve(conf, "b");

	(void)state;
	assert_int_equal(a->port, 1);
	assert_int_equal(a->connect_timeout, 2);
	assert_int_equal(a->compression, 1);
	assert_int_equal(a->batch_mode, 1);
	assert_string_equal(a->user, "in-a");
	assert_string_equal(a->host_key_alias, "sys");
	assert_int_equal(b->port, 3);
	assert_int_equal(b->batch_mode, 0);
	assert_string_equal(b->user, "ann");
	sshconf_free(conf);
}

static void the_command_line_comes_first(void **state)
{
	static const struct file files[] = {
		{ "/home/ann/.ssh/config",
		  "User file\nPort 1\nCompression no\nAddressFamily inet\n"
		  "IdentityFile fromfile\nHostName h\nConnectTimeout 1\n" },
		{ 0 },
	};
	struct strvec options = { 0 }, keys = { 0 };
	const struct sshconf_override over = {
		.user = "switch",
		.port = 2,
		.options = &options,
		.identity_files = &keys,
		.address_family = AF_INET6,
		.compression = 1,
		.batch_mode = 1,
	};
	struct strbuf bad = STRBUF_INIT(1000);
	struct err err = { 0 };
	const struct ssh_opts *o;
	struct sshconf *conf;

	(void)state;
	strvec_push(&options, "ConnectTimeout = 9");
	strvec_push(&options, "hostname=x");
	strvec_push(&keys, "/key");
	conf = load(NULL, files, &over, &bad, &err);
	assert_non_null(conf);
	o = resolve(conf, "host");
	assert_string_equal(o->user, "switch");
	assert_int_equal(o->port, 2);
	assert_int_equal(o->compression, 1);
	assert_int_equal(o->batch_mode, 1);
	assert_int_equal(o->address_family, AF_INET6);
	assert_int_equal(o->connect_timeout, 9);
	assert_string_equal(o->hostname, "x");
	assert_int_equal(o->identity_files.n, 2);
	assert_string_equal(o->identity_files.v[0], "/key");
	/* ... but for what the destination itself says. */
	o = sshconf_resolve(conf, "host", "dest", 3, &err);
	assert_string_equal(o->user, "dest");
	assert_int_equal(o->port, 3);
	sshconf_free(conf);

	strvec_push(&options, "Host x");
	strvec_push(&options, "Prot 1");
	assert_null(load(NULL, files, &over, &bad, &err));
	assert_string_equal(bad.buf,
			    "command line: 'Host' is for files only\n"
			    "command line: unknown keyword 'Prot', did you "
			    "mean 'Port'?\n");
	assert_string_equal(err.msg, "2 bad lines in the ssh configuration");
	err_release(&err);
	strbuf_release(&bad);
	strvec_release(&options);
	strvec_release(&keys);
}

static void every_bad_line_is_told(void **state)
{
	static const struct file files[] = {
		{ "f", "Host a\n"
		       "  Prot 1\n"
		       "Port\n"
		       "Port 0\n"
		       "Host\n"
		       "Host \"\"\n"
		       "Match hosts x\n"
		       "Match all x\n"
		       "Include sub writable\n"
		       "User \"x\n"
		       "Include self\n"
		       "User a b\n" },
		{ "/home/ann/.ssh/sub", "\n\nNoSuchThing 1" },
		{ "/home/ann/.ssh/writable", "" },
		{ "/home/ann/.ssh/self", "Include self\n" },
		{ 0 },
	};
	static const char want[] =
		"f line 2: unknown keyword 'Prot', did you mean 'Port'?\n"
		"f line 3: 'Port' needs an argument\n"
		"f line 4: 'Port' must be a number from 1 to 65535 or the name of a service, not '0'\n"
		"f line 5: 'Host' needs an argument\n"
		"f line 6: empty argument for 'Host'\n"
		"f line 7: unknown criterion 'hosts' for 'Match'\n"
		"f line 8: 'Match all' cannot be combined with other "
		"criteria\n"
		"/home/ann/.ssh/sub line 3: unknown keyword 'NoSuchThing'\n"
		"f line 9: bad owner or permissions on "
		"'/home/ann/.ssh/writable'\n"
		"f line 10: a quote is left open\n"
		"/home/ann/.ssh/self line 1: '/home/ann/.ssh/self' is "
		"included over 16 files deep\n"
		"f line 12: 'b' is one argument too many for 'User'\n";
	struct strbuf bad = STRBUF_INIT(10000);
	struct err err = { 0 };

	(void)state;
	assert_null(load("f", files, NULL, &bad, &err));
	assert_string_equal(bad.buf, want);
	assert_int_equal(err.code, ERR_CONFIG);
	assert_string_equal(err.msg, "12 bad lines in the ssh configuration");
	err_release(&err);
	assert_null(load("f", files, NULL, NULL, &err));
	err_release(&err);
	strbuf_release(&bad);
}

static void what_cannot_be_obeyed_is_told_of_the_line_that_wins(void **state)
{
	static const struct file files[] = {
		{ "/home/ann/.ssh/config", "Host a\n"
					   "MACs hmac-md5\n"
					   "KnownHostsCommand none\n"
					   "Include more\n"
					   "Host *\n"
					   "SessionType subsystem\n"
					   "KnownHostsCommand x\n" },
		{ "/home/ann/.ssh/more",
		  "\nRefuseConnection \"in \t repair\"\n" },
		{ NULL, NULL }
	};
	struct strvec options = { 0 };
	const struct sshconf_override over = {
		.options = &options,
		.compression = -1,
		.batch_mode = -1,
	};
	struct sshconf *conf = good(files);
	const struct ssh_opts *o = resolve(conf, "a");
	struct err err = { 0 };

	(void)state;
	assert_int_equal(o->refused.n, 2);
	assert_string_equal(o->refused.v[0],
			    "/home/ann/.ssh/config line 2: rsh has no "
			    "algorithm of 'hmac-md5' for 'MACs'; "
			    "--ssh-program may have one");
	assert_string_equal(o->refused.v[1],
			    "/home/ann/.ssh/more line 2: the connection is "
			    "refused: in \t repair");
	o = resolve(conf, "b");
	assert_int_equal(o->refused.n, 1);
	assert_string_equal(o->refused.v[0],
			    "/home/ann/.ssh/config line 7: 'KnownHostsCommand "
			    "x' cannot be obeyed: the command needs its full "
			    "path");
	sshconf_free(conf);

	strvec_push(&options, "MACs=hmac-sha1");
	strvec_push(&options, "RefuseConnection=no");
	conf = load("none", files, &over, NULL, &err);
	o = resolve(conf, "a");
	assert_int_equal(o->refused.n, 1);
	assert_string_equal(o->refused.v[0],
			    "command line: the connection is refused: no");
	sshconf_free(conf);
	strvec_release(&options);
}

static void files_are_those_asked_for(void **state)
{
	static const struct file files[] = {
		{ "/home/ann/.ssh/config", "Port 1\n" },
		{ "/etc/ssh/ssh_config", "Port 2\nInclude ~/x\n" },
		{ "mine", "Port 3\nInclude ~/y" },
		{ "/home/ann/y", "User y" },
		{ 0 },
	};
	struct strbuf bad = STRBUF_INIT(1000);
	struct err err = { 0 };
	struct sshconf *conf;

	(void)state;
	conf = load("none", files, NULL, &bad, &err);
	assert_int_equal(resolve(conf, "h")->port, 22);
	sshconf_free(conf);
	conf = load("mine", files, NULL, &bad, &err);
	assert_int_equal(resolve(conf, "h")->port, 3);
	assert_string_equal(resolve(conf, "h")->user, "y");
	sshconf_free(conf);
	assert_null(load("other", files, NULL, &bad, &err));
	assert_string_equal(err.msg, "cannot read 'other': no such file");
	assert_null(load(NULL, files, NULL, &bad, &err));
	assert_string_equal(bad.buf, "/etc/ssh/ssh_config line 2: '~' has no "
				     "meaning here: '~/x'\n");
	assert_string_equal(err.msg, "1 bad line in the ssh configuration");
	err_release(&err);
	strbuf_release(&bad);
}

static void unknown_keywords_may_be_ignored(void **state)
{
	static const struct file files[] = {
		{ "f", "IgnoreUnknown UseKey*,Other\n"
		       "UseKeychain yes\n"
		       "other \"\" x\n"
		       "Another 1\n" },
		{ 0 },
	};
	struct strbuf bad = STRBUF_INIT(1000);
	struct err err = { 0 };

	(void)state;
	assert_null(load("f", files, NULL, &bad, &err));
	assert_string_equal(bad.buf, "f line 4: unknown keyword 'Another'\n");
	err_release(&err);
	strbuf_release(&bad);
}

static void tokens_are_expanded_where_ssh_does(void **state)
{
	static const struct file files[] = {
		{ "/home/ann/.ssh/config",
		  "Host tok*\n"
		  "HostName %h.Example.%%.com\n"
		  "User u%h\n"
		  "Port 2200\n"
		  "IdentityFile ~/.ssh/%n-%h-%p-%r-%k-%u-%d-%i-%L-%l\n"
		  "IdentityFile /c/%C/${TEAM}\n"
		  "CertificateFile ~/%%cert\n"
		  "UserKnownHostsFile ~/kh_%n /etc/%u\n"
		  "GlobalKnownHostsFile ~/%h\n"
		  "IdentityAgent ~/agent-%r\n"
		  "RemoteCommand echo %h ${TEAM} ~/x\n"
		  "ProxyCommand nc %h %p\n"
		  "HostKeyAlias AlIas\n"
		  "BindAddress %h\n"
		  "Host bad1\nIdentityFile %z\n"
		  "Host bad2\nIdentityFile ${NONE}\n"
		  "Host bad3\nHostName %n\n" },
		{ 0 },
	};
	static const char *const bad[][2] = {
		{ "bad1", "bad1: IdentityFile '%z': unknown token '%z'" },
		{ "bad2", "bad2: IdentityFile '${NONE}': the variable 'NONE' "
			  "is not set" },
		{ "bad3", "bad3: HostName '%n': unknown token '%n'" },
	};
	struct sshconf *conf = good(files);
	struct err err = { 0 };
	const struct ssh_opts *o = resolve(conf, "tok1");

	(void)state;
	assert_string_equal(o->hostname, "tok1.example.%.com");
	assert_string_equal(o->user, "u%h");
	assert_string_equal(o->identity_files.v[0],
			    "/home/ann/.ssh/tok1-tok1.example.%.com-2200-u%h-"
			    "alias-ann-/home/ann-1000-desk-desk.example.org");
	/* printf %s desk.example.orgtok1.example.%.com2200u%h | sha1sum */
	assert_string_equal(
		o->identity_files.v[1],
		"/c/a45ac9a52aeaf6946f53ef0c25ea4b93b3a92200/blue%h");
	assert_string_equal(o->certificate_files.v[0], "/home/ann/%cert");
	assert_string_equal(o->user_known_hosts_files.v[0],
			    "/home/ann/kh_tok1");
	assert_string_equal(o->user_known_hosts_files.v[1], "/etc/ann");
	assert_string_equal(o->global_known_hosts_files.v[0], "~/%h");
	assert_string_equal(o->identity_agent, "/home/ann/agent-u%h");
	assert_string_equal(o->remote_command,
			    "echo tok1.example.%.com ${TEAM} ~/x");
	assert_string_equal(o->proxy_command, "nc %h %p");
	assert_string_equal(o->host_key_alias, "alias");
	assert_string_equal(o->bind_address, "%h");
	/* A user from the destination is text, whatever it holds. */
	o = sshconf_resolve(conf, "tok1", "%p", 22, &err);
	assert_string_equal(o->identity_agent, "/home/ann/agent-%p");
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_null(sshconf_resolve(conf, bad[i][0], NULL, 0, &err));
		assert_int_equal(err.code, ERR_CONFIG);
		assert_string_equal(err.msg, bad[i][1]);
		err_release(&err);
	}
	sshconf_free(conf);
}

static void hosts_are_shown_as_ssh_connects_to_them(void **state)
{
	/* What `ssh -G HOST` says for hostname; NULL: the same. */
	static const char *const rows[][2] = {
		{ "foo", NULL },
		{ "FOO.Bar", "foo.bar" },
		{ "127.1", "127.0.0.1" },
		{ "10.1.2.3", NULL },
		{ "0x7f.1", "127.0.0.1" },
		{ "010.0.0.1", "8.0.0.1" },
		{ "0:0::A", "::a" },
		{ "::1", NULL },
		{ "fe80::1%lo", NULL },
		{ "Foo.", "foo." },
		{ "FE80::1%lo", "fe80::1%lo" },
	};
	static const struct file files[] = { { 0 } };
	struct sshconf *conf = good(files);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ssh_opts *o = resolve(conf, rows[i][0]);

		if (rows[i][1])
			assert_string_equal(o->hostname, rows[i][1]);
		else
			ROW(!o->hostname, rows[i][0]);
	}
	sshconf_free(conf);
}

static void equal_hosts_share_their_options(void **state)
{
	static const struct file files[] = {
		{ "/home/ann/.ssh/config", "Host n*\nPort 1\n"
					   "IdentityFile ~/%u%%h\n"
					   "Host t*\nIdentityFile ~/%h\n"
					   "Host h*\nHostName gate\n" },
		{ 0 },
	};
	struct sshconf *conf = good(files);
	struct err err = { 0 };
	const struct ssh_opts *n1 = resolve(conf, "n1");
	const struct ssh_opts *t1 = resolve(conf, "t1");

	(void)state;
	assert_ptr_equal(n1, resolve(conf, "n2"));
	assert_ptr_not_equal(n1, resolve(conf, "N2"));
	assert_ptr_not_equal(n1, sshconf_resolve(conf, "n2", "bob", 0, &err));
	assert_ptr_equal(sshconf_resolve(conf, "n1", "bob", 5, &err),
			 sshconf_resolve(conf, "n2", "bob", 5, &err));
	assert_ptr_equal(t1, resolve(conf, "t1"));
	assert_ptr_not_equal(t1, resolve(conf, "t2"));
	assert_ptr_equal(resolve(conf, "h1"), resolve(conf, "h2"));
	assert_ptr_equal(resolve(conf, "x"), resolve(conf, "y"));
	sshconf_free(conf);
}

static void each_of_many_hosts_finds_its_block(void **state)
{
	struct strbuf text = STRBUF_INIT((size_t)1 << 20);
	struct file files[] = { { "/home/ann/.ssh/config", NULL }, { 0 } };
	struct sshconf *conf;

	(void)state;
	for (int i = 0; i < 300; i++)
		strbuf_addf(&text, "Host n%04d n%04d.example.org\nPort %d\n", i,
			    i, i + 1);
	strbuf_addstr(&text, "Host n*\nConnectTimeout 5\n");
	files[0].text = text.buf;
	conf = good(files);
	for (int i = 0; i < 1000; i++) {
		char name[20];
		const struct ssh_opts *o;

		(void)snprintf(name, sizeof(name), "n%04d", i);
		o = resolve(conf, name);
		assert_int_equal(o->port, i < 300 ? i + 1 : 22);
		assert_int_equal(o->connect_timeout, 5);
	}
	sshconf_free(conf);
	strbuf_release(&text);
}

static char *temporary_folder(void)
{
	char *dir = xstrdup("/tmp/test_sshconf.XXXXXX");

	assert_non_null(mkdtemp(dir));
	return dir;
}

static void write_file(const char *dir, const char *name, const char *text,
		       mode_t mode)
{
	char *path = xasprintf("%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
	free(path);
}

static void the_file_system_is_a_source(void **state)
{
	char *dir = temporary_folder();
	char *a = xasprintf("%s/a.conf", dir), *b = xasprintf("%s/b.conf", dir);
	char *glob = xasprintf("%s/*.conf", dir);
	char *nothing = xasprintf("%s/*.none", dir);
	struct strbuf text = STRBUF_INIT(100);
	struct strvec paths = { 0 };
	struct err err = { 0 };
	const struct source *s = &source_files;

	(void)state;
	write_file(dir, "b.conf", "bee", 0664);
	write_file(dir, "a.conf", "ay", 0644);
	assert_int_equal(s->glob(s->arg, glob, &paths, &err), 0);
	assert_int_equal(s->glob(s->arg, nothing, &paths, &err), 0);
	assert_int_equal(paths.n, 2);
	assert_string_equal(paths.v[0], a);
	assert_string_equal(paths.v[1], b);
	assert_int_equal(s->read(s->arg, a, 100, true, &text, &err), 1);
	assert_int_equal(s->read(s->arg, b, 100, false, &text, &err), 1);
	assert_string_equal(text.buf, "aybee");
	assert_int_equal(s->read(s->arg, b, 100, true, &text, &err), -1);
	assert_non_null(strstr(err.msg, "bad owner or permissions on"));
	assert_int_equal(s->read(s->arg, nothing, 100, true, &text, &err), 0);
	assert_int_equal(s->read(s->arg, dir, 100, false, &text, &err), -1);
	assert_int_equal(s->read(s->arg, dir, 100, true, &text, &err), 1);
	assert_string_equal(text.buf, "aybee");
	strbuf_reset(&text);
	assert_int_equal(s->read(s->arg, a, 1, false, &text, &err), -1);
	assert_non_null(strstr(err.msg, "is longer than 1 bytes"));
	assert_int_equal(unlink(a), 0);
	assert_int_equal(unlink(b), 0);
	assert_int_equal(rmdir(dir), 0);
	err_release(&err);
	strbuf_release(&text);
	strvec_release(&paths);
	free(nothing);
	free(glob);
	free(a);
	free(b);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_count_for_the_hosts_they_name),
		cmocka_unit_test(includes_count_where_they_stand),
		cmocka_unit_test(the_command_line_comes_first),
		cmocka_unit_test(every_bad_line_is_told),
		cmocka_unit_test(
			what_cannot_be_obeyed_is_told_of_the_line_that_wins),
		cmocka_unit_test(files_are_those_asked_for),
		cmocka_unit_test(unknown_keywords_may_be_ignored),
		cmocka_unit_test(tokens_are_expanded_where_ssh_does),
		cmocka_unit_test(hosts_are_shown_as_ssh_connects_to_them),
		cmocka_unit_test(equal_hosts_share_their_options),
		cmocka_unit_test(each_of_many_hosts_finds_its_block),
		cmocka_unit_test(the_file_system_is_a_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
