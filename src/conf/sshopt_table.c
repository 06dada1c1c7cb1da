/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keywords of ssh_config(5) as OpenSSH 9.2 has them, a row each.  To
 * support one more is to change its row, and to add a field for its value.
 */
#include "conf/sshopt_row.h"

#include <limits.h>
#include <sys/socket.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/banned.h"

#define FIELD(f)	     offsetof(struct ssh_opts, f)
#define PLAIN(word, what)    .name = (word), .kind = (what)
#define VALUE(word, what, f) PLAIN(word, what), .field = FIELD(f)

/* For Compression, of which ssh takes no other words. */
static const struct sshopt_choice yes_no[] = {
	/* clang-format off */
	{ "yes", 1 },
	{ "no",  0 },
	{ NULL,  0 },
	/* clang-format on */
};

/* Flags are shown as yes and no ... */
static const struct sshopt_choice flag[] = {
	/* clang-format off */
	{ "yes",   1 },
	{ "no",    0 },
	{ "true",  1 },
	{ "false", 0 },
	{ NULL,    0 },
	/* clang-format on */
};

/* ... what has more than two values as true and false. */
static const struct sshopt_choice yes_no_ask[] = {
	/* clang-format off */
	{ "true",  1 },
	{ "false", 0 },
	{ "yes",   1 },
	{ "no",    0 },
	{ "ask",   2 },
	{ NULL,    0 },
	/* clang-format on */
};

static const struct sshopt_choice pubkey_auth[] = {
	/* clang-format off */
	{ "true",       1 },
	{ "false",      0 },
	{ "yes",        1 },
	{ "no",         0 },
	{ "unbound",    2 },
	{ "host-bound", 3 },
	{ NULL,         0 },
	/* clang-format on */
};

static const struct sshopt_choice strict_check[] = {
	/* clang-format off */
	{ "true",       STRICT_YES },
	{ "false",      STRICT_NO },
	{ "yes",        STRICT_YES },
	{ "no",         STRICT_NO },
	{ "ask",        STRICT_ASK },
	{ "off",        STRICT_NO },
	{ "accept-new", STRICT_ACCEPT_NEW },
	{ NULL,         0 },
	/* clang-format on */
};

static const struct sshopt_choice family[] = {
	/* clang-format off */
	{ "inet",  AF_INET },
	{ "inet6", AF_INET6 },
	{ "any",   AF_UNSPEC },
	{ NULL,    0 },
	/* clang-format on */
};

static const struct sshopt_choice request_tty[] = {
	/* clang-format off */
	{ "true",  1 },
	{ "false", 0 },
	{ "yes",   1 },
	{ "no",    0 },
	{ "force", 2 },
	{ "auto",  3 },
	{ NULL,    0 },
	/* clang-format on */
};

static const struct sshopt_choice log_levels[] = {
	/* clang-format off */
	{ "SILENT",  LOG_QUIET },
	{ "QUIET",   LOG_QUIET },
	{ "FATAL",   LOG_FATAL },
	{ "ERROR",   LOG_ERROR },
	{ "INFO",    LOG_INFO },
	{ "VERBOSE", LOG_VERBOSE },
	{ "DEBUG",   LOG_DEBUG },
	{ "DEBUG1",  LOG_DEBUG },
	{ "DEBUG2",  LOG_TRACE },
	{ "DEBUG3",  LOG_TRACE },
	{ NULL,      0 },
	/* clang-format on */
};

static const struct sshopt_choice control_master[] = {
	/* clang-format off */
	{ "true",   0 },
	{ "yes",    0 },
	{ "false",  0 },
	{ "no",     0 },
	{ "auto",   0 },
	{ "ask",    0 },
	{ "autoask", 0 },
	{ NULL,     0 },
	/* clang-format on */
};

static const char no_forwarding[] = N_("rsh does not forward yet");
static const char no_gssapi[] = N_("rsh does not log in with GSSAPI");
static const char no_agent_keys[] = N_("rsh adds no keys to the agent");
static const char no_x11[] = N_("rsh does not forward X11");
static const char no_canonical[] =
	N_("rsh does not look host names up to make them canonical");

/* clang-format off */
const struct sshopt sshopt_rows[] = {
{ PLAIN("AddKeysToAgent", KIND_NOTHING), .harmless = "no,false", .why = no_agent_keys },
{ VALUE("AddressFamily", KIND_CHOICE, address_family), .choices = family, .def = "any" },
{ PLAIN("AFSTokenPassing", KIND_NOTHING) },
{ VALUE("BatchMode", KIND_CHOICE, batch_mode), .choices = flag, .def = "no" },
{ VALUE("BindAddress", KIND_STRING, bind_address) },
{ PLAIN("BindInterface", KIND_REFUSED), .harmless = "",
	.why = N_("rsh cannot choose an interface; use BindAddress") },
{ PLAIN("CanonicalDomains", KIND_NOTHING) },
{ PLAIN("CanonicalizeFallbackLocal", KIND_NOTHING), .choices = flag },
{ PLAIN("CanonicalizeHostname", KIND_REFUSED), .harmless = "no,false", .why = no_canonical },
{ PLAIN("CanonicalizeMaxDots", KIND_NOTHING) },
{ PLAIN("CanonicalizePermittedCNAMEs", KIND_REFUSED), .harmless = "none", .why = no_canonical },
{ PLAIN("CASignatureAlgorithms", KIND_NOTHING) },
{ VALUE("CertificateFile", KIND_APPEND, certificate_files), .harmless = "none",
	.why = N_("rsh shows no certificates from files yet") },
{ PLAIN("ChallengeResponseAuthentication", KIND_ALIAS), .def = "KbdInteractiveAuthentication" },
{ PLAIN("CheckHostIP", KIND_NOTHING), .choices = flag, .harmless = "no,false",
	.why = N_("rsh checks the key under the host's name only") },
{ PLAIN("Cipher", KIND_NOTHING) },
{ VALUE("Ciphers", KIND_ALGOS, ciphers), .algos = &sshopt_ciphers, .def = "+" },
{ PLAIN("ClearAllForwardings", KIND_NOTHING), .choices = flag },
{ VALUE("Compression", KIND_CHOICE, compression), .choices = yes_no, .def = "no" },
{ PLAIN("CompressionLevel", KIND_NOTHING) },
{ VALUE("ConnectionAttempts", KIND_NUMBER, connection_attempts), .min = 1, .max = INT_MAX,
	.def = "1" },
{ VALUE("ConnectTimeout", KIND_SPAN, connect_timeout), .def = "0", .hide_default = true },
{ PLAIN("ControlMaster", KIND_NOTHING), .choices = control_master },
{ PLAIN("ControlPath", KIND_NOTHING) },
{ PLAIN("ControlPersist", KIND_NOTHING) },
{ PLAIN("DSAAuthentication", KIND_ALIAS), .def = "PubkeyAuthentication" },
{ PLAIN("DynamicForward", KIND_NOTHING), .harmless = "", .why = no_forwarding },
{ PLAIN("EnableEscapeCommandline", KIND_NOTHING), .choices = flag },
{ PLAIN("EnableSSHKeysign", KIND_NOTHING), .choices = flag },
{ VALUE("EscapeChar", KIND_ESCAPE, escape_char), .def = "~" },
{ PLAIN("ExitOnForwardFailure", KIND_NOTHING), .choices = flag },
{ PLAIN("FallBackToRsh", KIND_NOTHING) },
{ PLAIN("FingerprintHash", KIND_NOTHING) },
{ PLAIN("ForkAfterAuthentication", KIND_NOTHING), .choices = flag, .harmless = "no,false",
	.why = N_("rsh stays in the foreground") },
{ PLAIN("ForwardAgent", KIND_NOTHING), .harmless = "no,false", .why = no_forwarding },
{ PLAIN("ForwardX11", KIND_NOTHING), .choices = flag, .harmless = "no,false", .why = no_x11 },
{ PLAIN("ForwardX11Timeout", KIND_NOTHING) },
{ PLAIN("ForwardX11Trusted", KIND_NOTHING), .choices = flag },
{ PLAIN("GatewayPorts", KIND_NOTHING), .choices = flag },
{ VALUE("GlobalKnownHostsFile", KIND_FILES, global_known_hosts_files),
	.def = "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2" },
{ PLAIN("GlobalKnownHostsFile2", KIND_NOTHING) },
{ PLAIN("GSSAPIAuthentication", KIND_NOTHING), .choices = flag, .harmless = "no,false",
	.why = no_gssapi },
{ PLAIN("GSSAPIClientIdentity", KIND_NOTHING) },
{ PLAIN("GSSAPIDelegateCredentials", KIND_NOTHING), .choices = flag },
{ PLAIN("GSSAPIKexAlgorithms", KIND_NOTHING) },
{ PLAIN("GSSAPIKeyExchange", KIND_NOTHING), .choices = flag, .harmless = "no,false",
	.why = no_gssapi },
{ PLAIN("GSSAPIRenewalForcesRekey", KIND_NOTHING), .choices = flag },
{ PLAIN("GSSAPIServerIdentity", KIND_NOTHING) },
{ PLAIN("GSSAPITrustDns", KIND_NOTHING), .choices = flag },
{ VALUE("HashKnownHosts", KIND_CHOICE, hash_known_hosts), .choices = flag, .def = "no" },
{ PLAIN("Host", KIND_BLOCK), .min = SSHOPT_HOST },
{ PLAIN("HostbasedAcceptedAlgorithms", KIND_NOTHING) },
{ PLAIN("HostbasedAuthentication", KIND_REFUSED), .harmless = "no,false",
	.why = N_("rsh has no host-based authentication") },
{ PLAIN("HostbasedKeyTypes", KIND_NOTHING) },
{ VALUE("HostKeyAlgorithms", KIND_ALGOS, host_key_algorithms), .other = FIELD(host_key_order_fixed),
	.algos = &sshopt_hostkeys, .def = "+" },
{ VALUE("HostKeyAlias", KIND_STRING, host_key_alias) },
{ VALUE("HostName", KIND_STRING, hostname) },
{ VALUE("IdentitiesOnly", KIND_CHOICE, identities_only), .choices = flag, .def = "no" },
{ VALUE("IdentityAgent", KIND_STRING, identity_agent), .def = "SSH_AUTH_SOCK",
	.hide_default = true },
{ VALUE("IdentityFile", KIND_APPEND, identity_files),
	.def = "~/.ssh/id_rsa ~/.ssh/id_ecdsa ~/.ssh/id_ecdsa_sk ~/.ssh/id_ed25519 "
	       "~/.ssh/id_ed25519_sk ~/.ssh/id_xmss ~/.ssh/id_dsa" },
{ PLAIN("IdentityFile2", KIND_ALIAS), .def = "IdentityFile" },
{ VALUE("IgnoreUnknown", KIND_STRING, ignore_unknown) },
{ PLAIN("Include", KIND_BLOCK), .min = SSHOPT_INCLUDE },
{ PLAIN("IPQoS", KIND_NOTHING) },
{ VALUE("KbdInteractiveAuthentication", KIND_CHOICE, kbd_interactive_authentication),
	.choices = flag, .def = "yes" },
{ PLAIN("KbdInteractiveDevices", KIND_NOTHING) },
{ PLAIN("KeepAlive", KIND_ALIAS), .def = "TCPKeepAlive" },
{ PLAIN("KerberosAuthentication", KIND_NOTHING) },
{ PLAIN("KerberosTGTPassing", KIND_NOTHING) },
{ VALUE("KexAlgorithms", KIND_ALGOS, kex_algorithms), .algos = &sshopt_kex, .def = "+" },
{ PLAIN("KnownHostsCommand", KIND_REFUSED), .harmless = "none",
	.why = N_("rsh reads host keys from files only") },
{ PLAIN("LocalCommand", KIND_NOTHING) },
{ PLAIN("LocalForward", KIND_NOTHING), .harmless = "", .why = no_forwarding },
{ VALUE("LogLevel", KIND_CHOICE, log_level), .choices = log_levels, .def = "INFO" },
{ PLAIN("LogVerbose", KIND_NOTHING) },
{ VALUE("MACs", KIND_ALGOS, macs), .algos = &sshopt_macs, .def = "+" },
{ PLAIN("Match", KIND_BLOCK), .min = SSHOPT_MATCH },
{ VALUE("NoHostAuthenticationForLocalhost", KIND_CHOICE,
	no_host_authentication_for_localhost), .choices = flag, .def = "no" },
{ VALUE("NumberOfPasswordPrompts", KIND_NUMBER, number_of_password_prompts), .min = 0,
	.max = INT_MAX, .def = "3" },
{ VALUE("PasswordAuthentication", KIND_CHOICE, password_authentication), .choices = flag,
	.def = "yes" },
{ PLAIN("PermitLocalCommand", KIND_NOTHING), .choices = flag, .harmless = "no,false",
	.why = N_("rsh runs no LocalCommand") },
{ PLAIN("PermitRemoteOpen", KIND_NOTHING) },
{ PLAIN("PKCS11Provider", KIND_NOTHING), .harmless = "none",
	.why = N_("rsh loads no PKCS#11 library; keys of an agent work") },
{ VALUE("Port", KIND_NUMBER, port), .min = 1, .max = 65535, .def = "22" },
{ VALUE("PreferredAuthentications", KIND_STRING, preferred_authentications),
	.def = "publickey,keyboard-interactive,password", .hide_default = true },
{ PLAIN("Protocol", KIND_NOTHING) },
{ PLAIN("ProtocolKeepAlives", KIND_ALIAS), .def = "ServerAliveInterval" },
{ VALUE("ProxyCommand", KIND_COMMAND, proxy_command), .other = FIELD(proxy_jump),
	.none_clears = true },
{ VALUE("ProxyJump", KIND_JUMP, proxy_jump), .other = FIELD(proxy_command),
	.none_clears = true },
{ PLAIN("ProxyUseFdpass", KIND_REFUSED), .harmless = "no,false",
	.why = N_("rsh takes no descriptor from a ProxyCommand") },
{ VALUE("PubkeyAcceptedAlgorithms", KIND_ALGOS, pubkey_accepted_algorithms),
	.algos = &sshopt_pubkeys, .def = "+" },
{ PLAIN("PubkeyAcceptedKeyTypes", KIND_ALIAS), .def = "PubkeyAcceptedAlgorithms" },
{ VALUE("PubkeyAuthentication", KIND_CHOICE, pubkey_authentication), .choices = pubkey_auth,
	.def = "yes" },
{ VALUE("RekeyLimit", KIND_REKEY, rekey_bytes), .other = FIELD(rekey_seconds), .def = "default 0" },
{ VALUE("RemoteCommand", KIND_COMMAND, remote_command), .none_clears = true },
{ PLAIN("RemoteForward", KIND_NOTHING), .harmless = "", .why = no_forwarding },
{ VALUE("RequestTTY", KIND_CHOICE, request_tty), .choices = request_tty, .def = "auto",
	.harmless = "no,false,auto", .why = N_("commands get no terminal yet") },
{ VALUE("RequiredRSASize", KIND_NUMBER, required_rsa_size), .min = 0, .max = INT_MAX,
	.def = "1024" },
{ PLAIN("RevokedHostKeys", KIND_REFUSED), .harmless = "none",
	.why = N_("rsh reads no revocation list; use @revoked lines of known_hosts") },
{ PLAIN("RhostsAuthentication", KIND_NOTHING) },
{ PLAIN("RhostsRSAAuthentication", KIND_NOTHING) },
{ PLAIN("RSAAuthentication", KIND_NOTHING) },
{ PLAIN("SecurityKeyProvider", KIND_NOTHING) },
{ VALUE("SendEnv", KIND_SENDENV, send_env) },
{ VALUE("ServerAliveCountMax", KIND_NUMBER, server_alive_count_max), .min = 0,
	.max = INT_MAX, .def = "3" },
{ VALUE("ServerAliveInterval", KIND_SPAN, server_alive_interval), .def = "0" },
{ PLAIN("SessionType", KIND_REFUSED), .harmless = "default",
	.why = N_("rsh runs commands only") },
{ VALUE("SetEnv", KIND_SETENV, set_env) },
{ PLAIN("SetupTimeOut", KIND_ALIAS), .def = "ServerAliveInterval" },
{ PLAIN("SKeyAuthentication", KIND_ALIAS), .def = "KbdInteractiveAuthentication" },
{ PLAIN("SmartcardDevice", KIND_ALIAS), .def = "PKCS11Provider" },
{ VALUE("StdinNull", KIND_CHOICE, stdin_null), .choices = flag, .def = "no" },
{ PLAIN("StreamLocalBindMask", KIND_NOTHING) },
{ PLAIN("StreamLocalBindUnlink", KIND_NOTHING), .choices = flag },
{ VALUE("StrictHostKeyChecking", KIND_CHOICE, strict), .choices = strict_check, .def = "ask" },
{ PLAIN("SyslogFacility", KIND_NOTHING) },
{ VALUE("Tag", KIND_STRING, tag) },
{ VALUE("TCPKeepAlive", KIND_CHOICE, tcp_keep_alive), .choices = flag, .def = "yes" },
{ PLAIN("TISAuthentication", KIND_ALIAS), .def = "KbdInteractiveAuthentication" },
{ PLAIN("Tunnel", KIND_NOTHING), .harmless = "no,false", .why = no_forwarding },
{ PLAIN("TunnelDevice", KIND_NOTHING) },
{ PLAIN("UpdateHostKeys", KIND_NOTHING), .choices = yes_no_ask, .harmless = "no,false",
	.why = N_("rsh learns no further host keys from servers") },
{ PLAIN("UsePrivilegedPort", KIND_NOTHING) },
{ VALUE("User", KIND_STRING, user) },
{ VALUE("UserKnownHostsFile", KIND_FILES, user_known_hosts_files),
	.def = "~/.ssh/known_hosts ~/.ssh/known_hosts2" },
{ PLAIN("UserKnownHostsFile2", KIND_NOTHING) },
{ PLAIN("UseRoaming", KIND_NOTHING) },
{ PLAIN("UseRsh", KIND_NOTHING) },
{ PLAIN("VerifyHostKeyDNS", KIND_NOTHING), .choices = yes_no_ask, .harmless = "no,false",
	.why = N_("rsh takes no host keys from the DNS") },
{ PLAIN("VisualHostKey", KIND_NOTHING), .choices = flag },
{ PLAIN("XAuthLocation", KIND_NOTHING) },
};
/* clang-format on */

const size_t sshopt_nrows = sizeof(sshopt_rows) / sizeof(sshopt_rows[0]);

const char *const sshopt_dump_order[] = {
	"User",
	"HostName",
	"Port",
	"AddressFamily",
	"BatchMode",
	"Compression",
	"HashKnownHosts",
	"IdentitiesOnly",
	"KbdInteractiveAuthentication",
	"NoHostAuthenticationForLocalhost",
	"PasswordAuthentication",
	"PubkeyAuthentication",
	"RequestTTY",
	"StdinNull",
	"StrictHostKeyChecking",
	"TCPKeepAlive",
	"ConnectionAttempts",
	"NumberOfPasswordPrompts",
	"ServerAliveCountMax",
	"ServerAliveInterval",
	"RequiredRSASize",
	"BindAddress",
	"Ciphers",
	"HostKeyAlgorithms",
	"HostKeyAlias",
	"IdentityAgent",
	"IgnoreUnknown",
	"KexAlgorithms",
	"RemoteCommand",
	"LogLevel",
	"MACs",
	"PreferredAuthentications",
	"PubkeyAcceptedAlgorithms",
	"IdentityFile",
	"CertificateFile",
	"GlobalKnownHostsFile",
	"UserKnownHostsFile",
	"SendEnv",
	"SetEnv",
	"ConnectTimeout",
	"EscapeChar",
	"RekeyLimit",
	"ProxyCommand",
	"ProxyJump",
	NULL,
};
