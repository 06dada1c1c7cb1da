/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/sshopt.h"

#include "lib/test.h"

#include <strings.h>

#include "conf/sshopt_row.h"

/* Store "Keyword words..." as sshconf would read it, without quotes. */
static int store(struct ssh_opts *o, const char *line, struct err *err)
{
	struct strvec words = { 0 }, one = { 0 };
	const struct sshopt *row;
	int rc;

	strvec_split(&words, line, " ");
	row = sshopt_find(words.v[0]);
	assert_non_null(row);
	if (sshopt_is_command(row)) {
		strvec_push(&one, strchr(line, ' ') + 1);
		rc = sshopt_store(row, one.v, one.n, o, err);
	} else {
		rc = sshopt_store(row, words.v + 1, words.n - 1, o, err);
	}
	strvec_release(&words);
	strvec_release(&one);
	return rc;
}

static char *dump(const struct ssh_opts *o)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	sshopt_dump(o, "h", f);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* The lines of a dump for a keyword, or "" when it has none. */
static char *dumped(const struct ssh_opts *o, const char *word)
{
	struct strbuf out = STRBUF_INIT(10000);
	struct strvec lines = { 0 };
	char *text = dump(o);
	size_t n = strlen(word);

	strvec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!strncasecmp(lines.v[i], word, n) && lines.v[i][n] == ' ')
			strbuf_addf(&out, "%s%s", out.len ? "\n" : "",
				    lines.v[i]);
	strvec_release(&lines);
	free(text);
	return strbuf_detach(&out, NULL);
}

static void every_row_is_found_by_its_name(void **state)
{
	const char *before = "";

	(void)state;
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const char *name = sshopt_rows[i].name;

		ROW(strcasecmp(before, name) < 0, name);
		ROW(sshopt_find(name), name);
		before = name;
	}
	assert_non_null(sshopt_find("STRICThostkeychecking"));
	assert_null(sshopt_find("StrictHostKeyCheckin"));
	assert_null(sshopt_find(""));
	assert_ptr_equal(sshopt_find("keepalive"), sshopt_find("TCPKeepAlive"));
}

static void every_keyword_of_openssh_has_a_row(void **state)
{
	static const char words[] =
		"AddKeysToAgent AddressFamily BatchMode BindAddress "
		"BindInterface CanonicalDomains CanonicalizeFallbackLocal "
		"CanonicalizeHostname CanonicalizeMaxDots "
		"CanonicalizePermittedCNAMEs CASignatureAlgorithms "
		"CertificateFile CheckHostIP Ciphers ClearAllForwardings "
		"Compression ConnectionAttempts ConnectTimeout ControlMaster "
		"ControlPath ControlPersist DynamicForward "
		"EnableEscapeCommandline EnableSSHKeysign EscapeChar "
		"ExitOnForwardFailure FingerprintHash ForkAfterAuthentication "
		"ForwardAgent ForwardX11 ForwardX11Timeout ForwardX11Trusted "
		"GatewayPorts GlobalKnownHostsFile GSSAPIAuthentication "
		"GSSAPIClientIdentity GSSAPIDelegateCredentials "
		"GSSAPIKeyExchange GSSAPIRenewalForcesRekey "
		"GSSAPIServerIdentity GSSAPITrustDns GSSAPIKexAlgorithms "
		"HashKnownHosts Host HostbasedAcceptedAlgorithms "
		"HostbasedAuthentication HostKeyAlgorithms HostKeyAlias "
		"Hostname IdentitiesOnly IdentityAgent IdentityFile "
		"IgnoreUnknown Include IPQoS KbdInteractiveAuthentication "
		"KbdInteractiveDevices KexAlgorithms KnownHostsCommand "
		"LocalCommand LocalForward LogLevel LogVerbose MACs Match "
		"NoHostAuthenticationForLocalhost NumberOfPasswordPrompts "
		"PasswordAuthentication PermitLocalCommand PermitRemoteOpen "
		"PKCS11Provider Port PreferredAuthentications ProxyCommand "
		"ProxyJump ProxyUseFdpass PubkeyAcceptedAlgorithms "
		"PubkeyAuthentication RekeyLimit RemoteCommand RemoteForward "
		"RequestTTY RequiredRSASize RevokedHostKeys "
		"SecurityKeyProvider SendEnv ServerAliveCountMax "
		"ServerAliveInterval SessionType SetEnv StdinNull "
		"StreamLocalBindMask StreamLocalBindUnlink "
		"StrictHostKeyChecking SyslogFacility TCPKeepAlive Tunnel "
		"TunnelDevice UpdateHostKeys User UserKnownHostsFile "
		"VerifyHostKeyDNS VisualHostKey XAuthLocation "
		/* without a line in the manual */
		"protocol cipher fallbacktorsh globalknownhostsfile2 "
		"rhostsauthentication userknownhostsfile2 useroaming usersh "
		"useprivilegedport afstokenpassing kerberosauthentication "
		"kerberostgtpassing rsaauthentication rhostsrsaauthentication "
		"compressionlevel smartcarddevice "
		"challengeresponseauthentication skeyauthentication "
		"tisauthentication dsaauthentication identityfile2 keepalive "
		"hostbasedkeytypes pubkeyacceptedkeytypes protocolkeepalives "
		"setuptimeout";
	struct strvec list = { 0 };

	(void)state;
	strvec_split(&list, words, " ");
	for (size_t i = 0; i < list.n; i++)
		ROW(sshopt_find(list.v[i]), list.v[i]);
	strvec_release(&list);
}

/* clang-format off */
static const char default_dump[] =
	"host h\n"
	"user ann\n"
	"hostname h\n"
	"port 22\n"
	"addressfamily any\n"
	"batchmode no\n"
	"canonicalizefallbacklocal yes\n"
	"canonicalizehostname false\n"
	"checkhostip no\n"
	"compression no\n"
	"controlmaster false\n"
	"enablesshkeysign no\n"
	"clearallforwardings no\n"
	"exitonforwardfailure no\n"
	"fingerprinthash SHA256\n"
	"forwardx11 no\n"
	"forwardx11trusted yes\n"
	"gatewayports no\n"
	"gssapiauthentication no\n"
	"gssapikeyexchange no\n"
	"gssapidelegatecredentials no\n"
	"gssapitrustdns no\n"
	"gssapirenewalforcesrekey no\n"
	"gssapikexalgorithms gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,gss-curve25519-sha256-,gss-group14-sha1-,gss-gex-sha1-\n"
	"hashknownhosts no\n"
	"hostbasedauthentication no\n"
	"identitiesonly no\n"
	"kbdinteractiveauthentication yes\n"
	"nohostauthenticationforlocalhost no\n"
	"passwordauthentication yes\n"
	"permitlocalcommand no\n"
	"proxyusefdpass no\n"
	"pubkeyauthentication true\n"
	"requesttty auto\n"
	"sessiontype default\n"
	"stdinnull no\n"
	"forkafterauthentication no\n"
	"streamlocalbindunlink no\n"
	"stricthostkeychecking ask\n"
	"tcpkeepalive yes\n"
	"tunnel false\n"
	"verifyhostkeydns false\n"
	"visualhostkey no\n"
	"updatehostkeys true\n"
	"enableescapecommandline no\n"
	"canonicalizemaxdots 1\n"
	"connectionattempts 1\n"
	"forwardx11timeout 1200\n"
	"numberofpasswordprompts 3\n"
	"serveralivecountmax 3\n"
	"serveraliveinterval 0\n"
	"requiredrsasize 1024\n"
	"ciphers chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com\n"
	"hostkeyalgorithms ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256\n"
	"hostbasedacceptedalgorithms ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256\n"
	"kexalgorithms curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256\n"
	"casignaturealgorithms ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256\n"
	"loglevel INFO\n"
	"macs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1\n"
	"securitykeyprovider internal\n"
	"pubkeyacceptedalgorithms ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256\n"
	"xauthlocation /usr/bin/xauth\n"
	"identityfile ~/.ssh/id_rsa\n"
	"identityfile ~/.ssh/id_ecdsa\n"
	"identityfile ~/.ssh/id_ecdsa_sk\n"
	"identityfile ~/.ssh/id_ed25519\n"
	"identityfile ~/.ssh/id_ed25519_sk\n"
	"identityfile ~/.ssh/id_xmss\n"
	"identityfile ~/.ssh/id_dsa\n"
	"canonicaldomains none\n"
	"globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2\n"
	"userknownhostsfile ~/.ssh/known_hosts ~/.ssh/known_hosts2\n"
	"logverbose none\n"
	"permitremoteopen any\n"
	"addkeystoagent false\n"
	"forwardagent no\n"
	"connecttimeout none\n"
	"tunneldevice any:any\n"
	"canonicalizePermittedcnames none\n"
	"controlpersist no\n"
	"escapechar ~\n"
	"ipqos lowdelay throughput\n"
	"rekeylimit 0 0\n"
	"streamlocalbindmask 0177\n"
	"syslogfacility USER\n";
/* clang-format on */

static void defaults_are_those_of_ssh(void **state)
{
	struct ssh_opts o;
	struct err err = { 0 };
	char *text;

	(void)state;
	sshopts_init(&o);
	assert_int_equal(store(&o, "User ann", &err), 0);
	sshopt_defaults_shown(&o);
	text = dump(&o);
	assert_string_equal(text, default_dump);
	assert_null(o.identity_agent);
	sshopt_defaults(&o);
	assert_string_equal(o.identity_agent, "SSH_AUTH_SOCK");
	assert_string_equal(o.preferred_authentications,
			    "publickey,keyboard-interactive,password");
	assert_null(o.proxy_command);
	assert_int_equal(o.host_key_order_fixed, 0);
	free(text);
	sshopts_release(&o);
}

/* Lines, the keyword to look at, and what the dump shows for it. */
static const struct {
	const char *lines, *word, *want;
} shown[] = {
	/* clang-format off */
	{ "Port 2222\nPort 23", "port", "port 2222" },
	{ "Compression YES", "compression", "compression yes" },
	{ "ConnectTimeout 1m30s", "connecttimeout", "connecttimeout 90" },
	{ "ConnectTimeout none\nConnectTimeout 5", "connecttimeout", "connecttimeout 5" },
	{ "ServerAliveInterval 2h", "serveraliveinterval", "serveraliveinterval 7200" },
	{ "BatchMode yes", "serveraliveinterval", "serveraliveinterval 300" },
	{ "BatchMode yes\nProtocolKeepAlives 7", "serveraliveinterval", "serveraliveinterval 7" },
	{ "StrictHostKeyChecking off", "stricthostkeychecking", "stricthostkeychecking false" },
	{ "StrictHostKeyChecking yes", "stricthostkeychecking", "stricthostkeychecking true" },
	{ "StrictHostKeyChecking accept-new", "stricthostkeychecking", "stricthostkeychecking accept-new" },
	{ "PubkeyAuthentication host-bound", "pubkeyauthentication", "pubkeyauthentication host-bound" },
	{ "ChallengeResponseAuthentication no\nSKeyAuthentication yes", "kbdinteractiveauthentication",
	  "kbdinteractiveauthentication no" },
	{ "AddressFamily inet6", "addressfamily", "addressfamily inet6" },
	{ "LogLevel quiet", "loglevel", "loglevel SILENT" },
	{ "LogLevel debug3", "loglevel", "loglevel DEBUG3" },
	{ "LogLevel FATAL\nLogLevel INFO", "loglevel", "loglevel FATAL" },
	{ "RequestTTY force", "requesttty", "requesttty force" },
	{ "EscapeChar none", "escapechar", "escapechar none" },
	{ "EscapeChar %", "escapechar", "escapechar %" },
	{ "RekeyLimit 1G 1h", "rekeylimit", "rekeylimit 1073741824 3600" },
	{ "RekeyLimit default none\nRekeyLimit 1K 5", "rekeylimit", "rekeylimit 0 5" },
	{ "IdentityFile a\nIdentityFile b\nIdentityFile a", "identityfile", "identityfile a\nidentityfile b" },
	{ "IdentityFile none", "identityfile", "identityfile none" },
	{ "IdentityAgent SSH_AUTH_SOCK", "identityagent", "identityagent SSH_AUTH_SOCK" },
	{ "CertificateFile a\nCertificateFile b", "certificatefile", "certificatefile a\ncertificatefile b" },
	{ "UserKnownHostsFile a b\nUserKnownHostsFile c", "userknownhostsfile", "userknownhostsfile a b" },
	{ "UserKnownHostsFile none\nUserKnownHostsFile c", "userknownhostsfile", "userknownhostsfile none" },
	{ "SendEnv A* B\nSendEnv C AB\nSendEnv -A*", "sendenv", "sendenv B\nsendenv C" },
	{ "SetEnv A=1 B=2 A=3\nSetEnv C=4", "setenv", "setenv A=1\nsetenv B=2" },
	{ "ProxyCommand nc %h  %p # x\nProxyJump b", "proxycommand", "proxycommand nc %h  %p # x" },
	{ "ProxyCommand none\nProxyJump b", "proxyjump", "" },
	{ "ProxyJump none\nProxyCommand x", "proxycommand", "proxycommand x" },
	{ "ProxyJump u@b:22\nProxyCommand x", "proxyjump", "proxyjump u@b:22" },
	{ "RemoteCommand None\nRemoteCommand x", "remotecommand", "" },
	{ "Ciphers ^aes256-ctr", "ciphers",
	  "ciphers aes256-ctr,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com" },
	{ "Ciphers -aes*", "ciphers", "ciphers chacha20-poly1305@openssh.com" },
	{ "MACs hmac-md5,hmac-sha1,umac-64@openssh.com", "macs", "macs hmac-sha1" },
	{ "MACs +hmac-sha1", "macs",
	  "macs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1" },
	{ "KexAlgorithms -*sha256*,curve*", "kexalgorithms",
	  "kexalgorithms ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512" },
	{ "HostKeyAlgorithms rsa-*\nHostKeyAlgorithms ssh-ed25519", "hostkeyalgorithms",
	  "hostkeyalgorithms rsa-sha2-256,rsa-sha2-512" },
	{ "PubkeyAcceptedKeyTypes +ssh-rsa", "requiredrsasize", "requiredrsasize 1024" },
	{ "IdentityAgent none", "identityagent", "identityagent none" },
	{ "PreferredAuthentications publickey", "preferredauthentications", "preferredauthentications publickey" },
	{ "RSAAuthentication no way\nPort http", "port", "port 80" },
	{ "Port +22", "port", "port 22" },
	{ "UserKnownHostsFile x", "updatehostkeys", "updatehostkeys false" },
	{ "VerifyHostKeyDNS ask", "updatehostkeys", "updatehostkeys false" },
	{ "AddKeysToAgent confirm 1h", "addkeystoagent", "addkeystoagent confirm 3600" },
	{ "AddKeysToAgent 5m\nAddKeysToAgent no", "addkeystoagent", "addkeystoagent 300" },
	{ "CanonicalDomains A.b. c\nCanonicalDomains d", "canonicaldomains", "canonicaldomains a.b c" },
	{ "CanonicalizePermittedCNAMEs *.A:B,c d:e", "canonicalizePermittedcnames",
	  "canonicalizePermittedcnames *.a:b,c d:e" },
	{ "ControlPersist 0", "controlpersist", "controlpersist yes" },
	{ "ControlPersist 1h\nControlPersist no", "controlpersist", "controlpersist 3600" },
	{ "ControlMaster autoask", "controlmaster", "controlmaster autoask" },
	{ "DynamicForward 1\nDynamicForward [::1]:2\nDynamicForward 1", "dynamicforward",
	  "dynamicforward 1\ndynamicforward [::1]:2" },
	{ "LocalForward a:1 b:2\nLocalForward /c /d", "localforward",
	  "localforward [a]:1 [b]:2\nlocalforward /c /d" },
	{ "RemoteForward 1\nRemoteForward 0 b:2", "remoteforward",
	  "remoteforward 1 [socks]:0\nremoteforward 0 [b]:2" },
	{ "RemoteForward 1\nClearAllForwardings yes", "remoteforward", "" },
	{ "FingerprintHash md5", "fingerprinthash", "fingerprinthash MD5" },
	{ "ForwardAgent true", "forwardagent", "forwardagent yes" },
	{ "ForwardAgent $SOCK", "forwardagent", "forwardagent $SOCK" },
	{ "GSSAPIKexAlgorithms gss-gex-sha1-", "gssapikexalgorithms", "gssapikexalgorithms gss-gex-sha1-" },
	{ "HostbasedKeyTypes rsa-sha2*", "hostbasedacceptedalgorithms",
	  "hostbasedacceptedalgorithms rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com" },
	{ "CASignatureAlgorithms ^rsa-sha2-256", "casignaturealgorithms",
	  "casignaturealgorithms rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512" },
	{ "MACs hmac-md5", "macs", "macs hmac-md5" },
	{ "MACs -*", "macs", "macs " },
	{ "IPQoS af11 0x2e", "ipqos", "ipqos af11 0x2e" },
	{ "IPQoS 8 none", "ipqos", "ipqos throughput none" },
	{ "PermitRemoteOpen a:1 [::1]:*", "permitremoteopen", "permitremoteopen a:1 [::1]:*" },
	{ "SessionType none", "sessiontype", "sessiontype none" },
	{ "StreamLocalBindMask 22", "streamlocalbindmask", "streamlocalbindmask 022" },
	{ "SyslogFacility local7", "syslogfacility", "syslogfacility LOCAL7" },
	{ "Tunnel yes", "tunnel", "tunnel point-to-point" },
	{ "TunnelDevice 3", "tunneldevice", "tunneldevice 3:any" },
	{ "KnownHostsCommand /bin/x %H", "knownhostscommand", "knownhostscommand /bin/x %H" },
	{ "ControlPath none", "controlpath", "" },
	{ "SecurityKeyProvider none", "securitykeyprovider", "" },
	{ "ChannelTimeout session=5m direct*=1s", "channeltimeout", "channeltimeout session=5m direct*=1s" },
	{ "ObscureKeystrokeTiming interval:50", "obscurekeystroketiming", "obscurekeystroketiming interval:50" },
	/* clang-format on */
};

static void lines_store_what_ssh_shows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++) {
		struct strvec lines = { 0 };
		struct err err = { 0 };
		struct ssh_opts o;
		char *got;

		sshopts_init(&o);
		strvec_split(&lines, shown[i].lines, "\n");
		for (size_t j = 0; j < lines.n; j++)
			ROW(store(&o, lines.v[j], &err) == 0, lines.v[j]);
		sshopt_defaults_shown(&o);
		got = dumped(&o, shown[i].word);
		assert_string_equal(got, shown[i].want);
		free(got);
		strvec_release(&lines);
		sshopts_release(&o);
	}
}

static void bad_lines_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
		/* clang-format off */
		{ "Port 0", "'Port' must be a number from 1 to 65535 or the name of a service, not '0'" },
		{ "Port 65536", "'Port' must be a number from 1 to 65535 or the name of a service, not '65536'" },
		{ "Port 22x", "'Port' must be a number from 1 to 65535 or the name of a service, not '22x'" },
		{ "Port", "'Port' needs an argument" },
		{ "port 1 2", "'2' is one argument too many for 'Port'" },
		{ "ForwardX11 yes no", "'no' is one argument too many for 'ForwardX11'" },
		{ "ConnectionAttempts 0", "'ConnectionAttempts' must be a number from 1 to 2147483647, not '0'" },
		{ "BatchMode maybe", "'BatchMode' must be one of yes, no, true, false, not 'maybe'" },
		{ "Compression true", "'Compression' must be one of yes, no, not 'true'" },
		{ "ForwardX11 maybe", "'ForwardX11' must be one of yes, no, true, false, not 'maybe'" },
		{ "ConnectTimeout 5x", "'ConnectTimeout' must be a time such as 90, 1m30s or none, not '5x'" },
		{ "ConnectTimeout 1500ms", "'ConnectTimeout' must be a time such as 90, 1m30s or none, not '1500ms'" },
		{ "EscapeChar ab", "'EscapeChar' must be a character, '^' and a letter, or none, not 'ab'" },
		{ "RekeyLimit 15", "'RekeyLimit' must be 'default' or a size such as 1G, not '15'" },
		{ "RekeyLimit 1G x", "'RekeyLimit' must be a time such as 90, 1m30s or none, not 'x'" },
		{ "SendEnv A=b", "'SendEnv' takes names only, not 'A=b'" },
		{ "SetEnv A=b C", "'SetEnv' takes NAME=value, not 'C'" },
		{ "UserKnownHostsFile a none", "'none' must stand alone after 'UserKnownHostsFile'" },
		{ "Ciphers blowfish-cbc", "'Ciphers' names an algorithm that ssh has not: 'blowfish-cbc'" },
		{ "Ciphers +aes*", "'Ciphers' names an algorithm that ssh has not: '+aes*'" },
		{ "GSSAPIKexAlgorithms +gss-gex-sha1-",
		  "'GSSAPIKexAlgorithms' names an algorithm that ssh has not: '+gss-gex-sha1-'" },
		{ "AddKeysToAgent maybe", "'AddKeysToAgent' must be a time such as 90, 1m30s or none, not 'maybe'" },
		{ "AddKeysToAgent yes 1h", "'AddKeysToAgent' takes a time only alone or after 'confirm'" },
		{ "CanonicalDomains none a", "'none' must stand alone after 'CanonicalDomains'" },
		{ "CanonicalDomains .a", "'CanonicalDomains' takes domains, not '.a'" },
		{ "CanonicalizePermittedCNAMEs a:", "'CanonicalizePermittedCNAMEs' takes SOURCES:TARGETS, not 'a:'" },
		{ "ChannelTimeout session", "'ChannelTimeout' takes TYPE=TIME, not 'session'" },
		{ "ForwardAgent /a b", "'b' is one argument too many for 'ForwardAgent'" },
		{ "IPQoS af99", "'IPQoS' must be a class such as af21, a number below 256 or none, not 'af99'" },
		{ "PermitRemoteOpen a", "'PermitRemoteOpen' takes HOST:PORT, not 'a'" },
		{ "PermitRemoteOpen a:1 any", "'any' must stand alone after 'PermitRemoteOpen'" },
		{ "StreamLocalBindMask 01000", "'StreamLocalBindMask' must be an octal number up to 0777, not '01000'" },
		{ "TunnelDevice 1:", "'TunnelDevice' must be like 0:1 or any:any, not '1:'" },
		{ "LocalForward 1", "'LocalForward' needs what it leads to" },
		{ "LocalForward 1 a", "'LocalForward': '1:a' is no forwarding" },
		{ "DynamicForward 1 2", "'2' is one argument too many for 'DynamicForward'" },
		{ "ObscureKeystrokeTiming interval:x",
		  "'ObscureKeystrokeTiming' must be yes, no or interval:MILLISECONDS, not 'interval:x'" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		struct ssh_opts o;

		sshopts_init(&o);
		ROW(store(&o, rows[i].line, &err) == -1, rows[i].line);
		assert_int_equal(err.code, ERR_CONFIG);
		assert_string_equal(err.msg, rows[i].why);
		err_release(&err);
		sshopts_release(&o);
	}
}

static void what_must_not_be_passed_over_is_noted_with_its_place(void **state)
{
	/* Of several lines the first wins, here and where they count. */
	static const struct {
		const char *lines, *why;
	} rows[] = {
		/* clang-format off */
		{ "RefuseConnection gone", "f: the connection is refused: gone" },
		{ "HostbasedAuthentication yes\nRevokedHostKeys none\nKnownHostsCommand none", NULL },
		{ "KnownHostsCommand /bin/x", NULL },
		{ "KnownHostsCommand x", "f: 'KnownHostsCommand x' cannot be obeyed: the command needs its full path" },
		{ "MACs hmac-md5", "f: rsh has no algorithm of 'hmac-md5' for 'MACs'; --ssh-program may have one" },
		{ "MACs hmac-md5,hmac-sha1", NULL },
		{ "Ciphers -*", "f: rsh has no algorithm of '-*' for 'Ciphers'; --ssh-program may have one" },
		{ "HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com",
		  "f: rsh has no algorithm of 'ssh-ed25519-cert-v01@openssh.com' for 'HostKeyAlgorithms'; --ssh-program may have one" },
		{ "GSSAPIKexAlgorithms gss-gex-sha1-", NULL },
		{ "ForwardAgent yes", NULL },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec lines = { 0 };
		struct err err = { 0 };
		struct ssh_opts o;

		sshopts_init(&o);
		strvec_split(&lines, rows[i].lines, "\n");
		for (size_t j = 0; j < lines.n; j++) {
			struct strvec words = { 0 };

			strvec_split(&words, lines.v[j], " ");
			ROW(sshopt_store_line(sshopt_find(words.v[0]),
					      words.v + 1, words.n - 1, "f", &o,
					      &err) == 0,
			    lines.v[j]);
			strvec_release(&words);
		}
		assert_int_equal(o.refused.n, rows[i].why != NULL);
		if (rows[i].why)
			assert_string_equal(o.refused.v[0], rows[i].why);
		strvec_release(&lines);
		sshopts_release(&o);
	}
}

/* Of the line that counts, also in a copy. */
static void some_lines_are_remembered_by_their_place(void **state)
{
	static const struct {
		const char *lines[2];
		const char *jump, *command;
	} rows[] = {
		/* clang-format off */
		{ { "ProxyJump a", "ProxyJump b" }, "f1", NULL },
		{ { "ProxyCommand x", "ProxyJump b" }, NULL, NULL },
		{ { "RemoteCommand x", "ProxyJump b" }, "f2", "f1" },
		{ { "Port 1", "RemoteCommand y" }, NULL, "f2" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ssh_opts o, copy;
		struct err err = { 0 };

		sshopts_init(&o);
		for (size_t j = 0; j < 2; j++) {
			struct strvec words = { 0 };

			strvec_split(&words, rows[i].lines[j], " ");
			assert_int_equal(
				sshopt_store_line(sshopt_find(words.v[0]),
						  words.v + 1, words.n - 1,
						  j ? "f2" : "f1", &o, &err),
				0);
			strvec_release(&words);
		}
		sshopts_copy(&copy, &o);
		sshopts_release(&o);
		assert_int_equal(!copy.proxy_jump_at, !rows[i].jump);
		if (rows[i].jump)
			assert_string_equal(copy.proxy_jump_at, rows[i].jump);
		assert_int_equal(!copy.remote_command_at, !rows[i].command);
		if (rows[i].command)
			assert_string_equal(copy.remote_command_at,
					    rows[i].command);
		sshopts_release(&copy);
	}
}

static void empty_words_are_no_arguments(void **state)
{
	char empty[] = "", word[] = "A";
	char *args[] = { word, empty };
	struct err err = { 0 };
	struct ssh_opts o;

	(void)state;
	sshopts_init(&o);
	assert_int_equal(
		sshopt_store(sshopt_find("SendEnv"), args, 2, &o, &err), -1);
	assert_string_equal(err.msg, "'SendEnv' needs an argument");
	assert_int_equal(o.send_env.n, 0);
	err_release(&err);
	sshopts_release(&o);
}

static void notes_say_what_has_no_effect(void **state)
{
	static const struct {
		const char *word, *arg, *want;
	} rows[] = {
		/* clang-format off */
		{ "HostbasedAuthentication", "no", NULL },
		{ "HostbasedAuthentication", "yes", "'HostbasedAuthentication yes' has no effect: rsh does not log in as a host" },
		{ "ForwardX11", "yes", "'ForwardX11 yes' has no effect: rsh does not forward X11" },
		{ "ForwardX11", "No", NULL },
		{ "ForwardAgent", "yes", NULL },
		{ "ControlMaster", "auto", NULL },
		{ "Port", "22", NULL },
		{ "CertificateFile", "c", NULL },
		{ "MACs", "hmac-sha1,hmac-md5,umac*", "'MACs' without hmac-md5,umac*, which rsh lacks" },
		{ "Ciphers", "-nothing", NULL },
		{ "KexAlgorithms", "^sntrup*", "'KexAlgorithms' without sntrup*, which rsh lacks" },
		/* clang-format on */
	};
	struct strbuf out = STRBUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *arg = strdup(rows[i].arg);
		bool noted =
			sshopt_note(sshopt_find(rows[i].word), &arg, 1, &out);

		assert_int_equal(noted, rows[i].want != NULL);
		assert_string_equal(out.buf, rows[i].want ? rows[i].want : "");
		strbuf_reset(&out);
		free(arg);
	}
	strbuf_release(&out);
}

static void a_list_fixes_the_order_of_host_keys(void **state)
{
	static const struct {
		const char *line;
		int fixed;
	} rows[] = {
		{ "HostKeyAlgorithms +ssh-rsa", 0 },
		{ "HostKeyAlgorithms -rsa-*", 0 },
		{ "HostKeyAlgorithms ^rsa-*", 1 },
		{ "HostKeyAlgorithms rsa-*", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		struct ssh_opts o;

		sshopts_init(&o);
		assert_int_equal(store(&o, rows[i].line, &err), 0);
		ROW(o.host_key_order_fixed == rows[i].fixed, rows[i].line);
		sshopts_release(&o);
	}
}

static void a_copy_is_equal_and_its_own(void **state)
{
	struct ssh_opts o, copy;
	struct err err = { 0 };
	char *a, *b;

	(void)state;
	sshopts_init(&o);
	assert_int_equal(store(&o, "IdentityFile x", &err), 0);
	assert_int_equal(store(&o, "HostKeyAlias y", &err), 0);
	sshopts_copy(&copy, &o);
	assert_int_equal(store(&copy, "IdentityFile z", &err), 0);
	assert_int_equal(o.identity_files.n, 1);
	assert_int_equal(copy.identity_files.n, 2);
	sshopts_release(&copy);
	sshopt_defaults(&o);
	sshopts_copy(&copy, &o);
	a = dump(&o);
	sshopts_release(&o);
	b = dump(&copy);
	assert_string_equal(a, b);
	free(a);
	free(b);
	sshopts_release(&copy);
	sshopts_release(NULL);
}

static void a_near_keyword_is_suggested(void **state)
{
	(void)state;
	assert_string_equal(sshopt_nearest("hostnam"), "HostName");
	assert_string_equal(sshopt_nearest("IdentiyFile"), "IdentityFile");
	assert_string_equal(sshopt_nearest("stricthostkeycheking"),
			    "StrictHostKeyChecking");
	assert_null(sshopt_nearest("UseKeychain"));
	assert_null(sshopt_nearest("xyzzy"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found_by_its_name),
		cmocka_unit_test(every_keyword_of_openssh_has_a_row),
		cmocka_unit_test(defaults_are_those_of_ssh),
		cmocka_unit_test(lines_store_what_ssh_shows),
		cmocka_unit_test(bad_lines_are_refused_with_a_reason),
		cmocka_unit_test(
			what_must_not_be_passed_over_is_noted_with_its_place),
		cmocka_unit_test(empty_words_are_no_arguments),
		cmocka_unit_test(some_lines_are_remembered_by_their_place),
		cmocka_unit_test(notes_say_what_has_no_effect),
		cmocka_unit_test(a_list_fixes_the_order_of_host_keys),
		cmocka_unit_test(a_copy_is_equal_and_its_own),
		cmocka_unit_test(a_near_keyword_is_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
