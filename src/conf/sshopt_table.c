/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keywords of ssh_config(5) as OpenSSH 9.2 has them, and those that came
 * later, a row each: where the value is kept, how it is checked, and why it is
 * not obeyed, if it is not.
 */
#include "conf/sshopt_row.h"

#include <limits.h>
#include <sys/socket.h>

#include "base/gettext.h"
#include "base/log.h"
#include "conf/sshforward.h"
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
	{ "true",  ASK_YES },
	{ "false", ASK_NO },
	{ "yes",   ASK_YES },
	{ "no",    ASK_NO },
	{ "ask",   ASK_ASK },
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
	{ "DEBUG3",  SSHOPT_LOG_DEBUG3 },
	{ NULL,      0 },
	/* clang-format on */
};

static const struct sshopt_choice control_master[] = {
	/* clang-format off */
	{ "true", ASK_YES },
	{ "false", ASK_NO },
	{ "auto", SSHOPT_AUTO },
	{ "ask", ASK_ASK },
	{ "autoask", SSHOPT_AUTO_ASK },
	{ "yes", ASK_YES },
	{ "no", ASK_NO },
	{ NULL, 0 },
	/* clang-format on */
};

static const struct sshopt_choice add_keys[] = {
	/* clang-format off */
	{ "no", ASK_NO },
	{ "false", ASK_NO },
	{ "yes", ASK_YES },
	{ "true", ASK_YES },
	{ "ask", ASK_ASK },
	{ "confirm", ASK_CONFIRM },
	{ NULL, 0 },
	/* clang-format on */
};

static const struct sshopt_choice canonicalize[] = {
	/* clang-format off */
	{ "true", CANONICALIZE_YES },
	{ "false", CANONICALIZE_NO },
	{ "yes", CANONICALIZE_YES },
	{ "no", CANONICALIZE_NO },
	{ "always", CANONICALIZE_ALWAYS },
	{ NULL, 0 },
	/* clang-format on */
};

static const struct sshopt_choice fingerprints[] = {
	/* clang-format off */
	{ "MD5", FINGERPRINT_MD5 },
	{ "SHA1", FINGERPRINT_SHA1 },
	{ "SHA256", FINGERPRINT_SHA256 },
	{ "SHA384", FINGERPRINT_SHA384 },
	{ "SHA512", FINGERPRINT_SHA512 },
	{ NULL, 0 },
	/* clang-format on */
};

static const struct sshopt_choice session_types[] = {
	/* clang-format off */
	{ "none", SESSION_TYPE_NONE },
	{ "subsystem", SESSION_TYPE_SUBSYSTEM },
	{ "default", SESSION_TYPE_DEFAULT },
	{ NULL, 0 },
	/* clang-format on */
};

static const struct sshopt_choice tunnels[] = {
	/* clang-format off */
	{ "ethernet", 2 },
	{ "point-to-point", 1 },
	{ "true", 1 },
	{ "yes", 1 },
	{ "false", 0 },
	{ "no", 0 },
	{ NULL, 0 },
	/* clang-format on */
};

static const struct sshopt_choice facilities[] = {
	/* clang-format off */
	{ "DAEMON", 0 },
	{ "USER", 1 },
	{ "AUTH", 2 },
	{ "AUTHPRIV", 3 },
	{ "LOCAL0", 4 },
	{ "LOCAL1", 5 },
	{ "LOCAL2", 6 },
	{ "LOCAL3", 7 },
	{ "LOCAL4", 8 },
	{ "LOCAL5", 9 },
	{ "LOCAL6", 10 },
	{ "LOCAL7", 11 },
	{ NULL, 0 },
	/* clang-format on */
};

/* By ssh's preference; all that Debian's ssh has. */
#define GSSAPI_KEX                                                             \
	"gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,"        \
	"gss-curve25519-sha256-,gss-group14-sha1-,gss-gex-sha1-"

static const char no_hostbased[] = N_("rsh does not log in as a host");
static const char no_gssapi[] = N_("rsh does not log in with GSSAPI");
static const char no_x11[] = N_("rsh does not forward X11");

/* clang-format off */
const struct sshopt sshopt_rows[] = {
{ VALUE("AddKeysToAgent", KIND_ADDKEYS, add_keys_to_agent), .choices = add_keys,
	.other = FIELD(add_keys_to_agent_lifespan), .def = "no" },
{ VALUE("AddressFamily", KIND_CHOICE, address_family), .choices = family, .def = "any" },
{ PLAIN("AFSTokenPassing", KIND_NOTHING) },
{ VALUE("BatchMode", KIND_CHOICE, batch_mode), .choices = flag, .def = "no" },
{ VALUE("BindAddress", KIND_STRING, bind_address) },
{ VALUE("BindInterface", KIND_STRING, bind_interface) },
{ VALUE("CanonicalDomains", KIND_DOMAINS, canonical_domains), .none_clears = true },
{ VALUE("CanonicalizeFallbackLocal", KIND_CHOICE, canonicalize_fallback_local), .choices = flag, .def = "yes" },
{ VALUE("CanonicalizeHostname", KIND_CHOICE, canonicalize_hostname), .choices = canonicalize,
	.def = "no" },
{ VALUE("CanonicalizeMaxDots", KIND_NUMBER, canonicalize_max_dots), .min = 0, .max = INT_MAX,
	.def = "1" },
{ VALUE("CanonicalizePermittedCNAMEs", KIND_CNAMES, canonicalize_permitted_cnames),
	.shown = "canonicalizePermittedcnames", .none_clears = true },
{ VALUE("CASignatureAlgorithms", KIND_ALGOS, ca_signature_algorithms), .algos = &sshopt_casigs,
	.def = "-" },
{ VALUE("CertificateFile", KIND_APPEND, certificate_files), .none_clears = true,
	.shows_none = true },
{ PLAIN("ChallengeResponseAuthentication", KIND_ALIAS), .def = "KbdInteractiveAuthentication" },
{ VALUE("ChannelTimeout", KIND_TIMEOUTS, channel_timeouts), .none_clears = true,
	.hide_default = true, .harmless = "none",
	.why = N_("rsh closes no channel for being idle") },
{ VALUE("CheckHostIP", KIND_CHOICE, check_host_ip), .choices = flag, .def = "no" },
{ PLAIN("Cipher", KIND_NOTHING) },
{ VALUE("Ciphers", KIND_ALGOS, ciphers), .algos = &sshopt_ciphers, .def = "-" },
{ VALUE("ClearAllForwardings", KIND_CHOICE, clear_all_forwardings), .choices = flag, .def = "no" },
{ VALUE("Compression", KIND_CHOICE, compression), .choices = yes_no, .def = "no" },
{ PLAIN("CompressionLevel", KIND_NOTHING) },
{ VALUE("ConnectionAttempts", KIND_NUMBER, connection_attempts), .min = 1, .max = INT_MAX,
	.def = "1" },
{ VALUE("ConnectTimeout", KIND_SPAN, connect_timeout) },
{ VALUE("ControlMaster", KIND_CHOICE, control_master), .choices = control_master, .def = "no" },
{ VALUE("ControlPath", KIND_STRING, control_path), .none_clears = true },
{ VALUE("ControlPersist", KIND_PERSIST, control_persist), .choices = flag,
	.other = FIELD(control_persist_timeout), .def = "no" },
{ PLAIN("DSAAuthentication", KIND_ALIAS), .def = "PubkeyAuthentication" },
{ VALUE("DynamicForward", KIND_FORWARD, dynamic_forwards), .min = SSHFORWARD_DYNAMIC },
{ VALUE("EnableEscapeCommandline", KIND_CHOICE, enable_escape_commandline), .choices = flag, .def = "no" },
{ VALUE("EnableSSHKeysign", KIND_CHOICE, enable_ssh_keysign), .choices = flag, .def = "no" },
{ VALUE("EscapeChar", KIND_ESCAPE, escape_char), .def = "~" },
{ VALUE("ExitOnForwardFailure", KIND_CHOICE, exit_on_forward_failure), .choices = flag, .def = "no" },
{ PLAIN("FallBackToRsh", KIND_NOTHING) },
{ VALUE("FingerprintHash", KIND_CHOICE, fingerprint_hash), .choices = fingerprints,
	.def = "SHA256" },
{ VALUE("ForkAfterAuthentication", KIND_CHOICE, fork_after_authentication), .choices = flag,
	.def = "no" },
{ VALUE("ForwardAgent", KIND_AGENT, forward_agent), .choices = flag, .def = "no" },
{ VALUE("ForwardX11", KIND_CHOICE, forward_x11), .choices = flag, .def = "no",
	.harmless = "no,false", .why = no_x11 },
{ VALUE("ForwardX11Timeout", KIND_SPAN, forward_x11_timeout), .def = "1200" },
{ VALUE("ForwardX11Trusted", KIND_CHOICE, forward_x11_trusted), .choices = flag, .def = "yes" },
{ VALUE("GatewayPorts", KIND_CHOICE, gateway_ports), .choices = flag, .def = "no" },
{ VALUE("GlobalKnownHostsFile", KIND_FILES, global_known_hosts_files), .none_clears = true,
	.def = "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2" },
{ PLAIN("GlobalKnownHostsFile2", KIND_NOTHING) },
{ VALUE("GSSAPIAuthentication", KIND_CHOICE, gssapi_authentication), .choices = flag, .def = "no",
	.harmless = "no,false", .why = no_gssapi },
{ VALUE("GSSAPIClientIdentity", KIND_STRING, gssapi_client_identity) },
{ VALUE("GSSAPIDelegateCredentials", KIND_CHOICE, gssapi_delegate_credentials), .choices = flag, .def = "no" },
{ VALUE("GSSAPIKexAlgorithms", KIND_ALGOS, gssapi_kex_algorithms), .algos = &sshopt_gsskex,
	.def = GSSAPI_KEX },
{ VALUE("GSSAPIKeyExchange", KIND_CHOICE, gssapi_key_exchange), .choices = flag, .def = "no",
	.harmless = "no,false", .why = no_gssapi },
{ VALUE("GSSAPIRenewalForcesRekey", KIND_CHOICE, gssapi_renewal_forces_rekey), .choices = flag, .def = "no" },
{ VALUE("GSSAPIServerIdentity", KIND_STRING, gssapi_server_identity) },
{ VALUE("GSSAPITrustDns", KIND_CHOICE, gssapi_trust_dns), .choices = flag, .def = "no" },
{ VALUE("HashKnownHosts", KIND_CHOICE, hash_known_hosts), .choices = flag, .def = "no" },
{ PLAIN("Host", KIND_BLOCK), .min = SSHOPT_HOST },
{ VALUE("HostbasedAcceptedAlgorithms", KIND_ALGOS, hostbased_accepted_algorithms),
	.algos = &sshopt_hostbased, .def = "-" },
{ VALUE("HostbasedAuthentication", KIND_CHOICE, hostbased_authentication), .choices = flag,
	.def = "no", .harmless = "no,false", .why = no_hostbased },
{ PLAIN("HostbasedKeyTypes", KIND_ALIAS), .def = "HostbasedAcceptedAlgorithms" },
{ VALUE("HostKeyAlgorithms", KIND_ALGOS, host_key_algorithms), .other = FIELD(host_key_order_fixed),
	.algos = &sshopt_hostkeys, .def = "-" },
{ VALUE("HostKeyAlias", KIND_STRING, host_key_alias) },
{ VALUE("HostName", KIND_STRING, hostname) },
{ VALUE("IdentitiesOnly", KIND_CHOICE, identities_only), .choices = flag, .def = "no" },
{ VALUE("IdentityAgent", KIND_STRING, identity_agent), .def = "SSH_AUTH_SOCK",
	.hide_default = true },
{ VALUE("IdentityFile", KIND_APPEND, identity_files), .none_clears = true, .shows_none = true,
	.def = "~/.ssh/id_rsa ~/.ssh/id_ecdsa ~/.ssh/id_ecdsa_sk ~/.ssh/id_ed25519 "
	       "~/.ssh/id_ed25519_sk ~/.ssh/id_xmss ~/.ssh/id_dsa" },
{ PLAIN("IdentityFile2", KIND_ALIAS), .def = "IdentityFile" },
{ VALUE("IgnoreUnknown", KIND_STRING, ignore_unknown) },
{ PLAIN("Include", KIND_BLOCK), .min = SSHOPT_INCLUDE },
{ VALUE("IPQoS", KIND_QOS, ip_qos_interactive), .other = FIELD(ip_qos_bulk),
	.def = "lowdelay throughput" },
{ VALUE("KbdInteractiveAuthentication", KIND_CHOICE, kbd_interactive_authentication),
	.choices = flag, .def = "yes" },
{ VALUE("KbdInteractiveDevices", KIND_STRING, kbd_interactive_devices) },
{ PLAIN("KeepAlive", KIND_ALIAS), .def = "TCPKeepAlive" },
{ PLAIN("KerberosAuthentication", KIND_NOTHING) },
{ PLAIN("KerberosTGTPassing", KIND_NOTHING) },
{ VALUE("KexAlgorithms", KIND_ALGOS, kex_algorithms), .algos = &sshopt_kex, .def = "-" },
{ VALUE("KnownHostsCommand", KIND_COMMAND, known_hosts_command), .none_clears = true,
	.no_shell = true },
{ VALUE("LocalCommand", KIND_COMMAND, local_command), .none_clears = true },
{ VALUE("LocalForward", KIND_FORWARD, local_forwards), .min = SSHFORWARD_LOCAL },
{ VALUE("LogLevel", KIND_CHOICE, log_level), .choices = log_levels, .def = "INFO" },
{ VALUE("LogVerbose", KIND_FILES, log_verbose), .none_clears = true },
{ VALUE("MACs", KIND_ALGOS, macs), .algos = &sshopt_macs, .def = "-" },
{ PLAIN("Match", KIND_BLOCK), .min = SSHOPT_MATCH },
{ VALUE("NoHostAuthenticationForLocalhost", KIND_CHOICE,
	no_host_authentication_for_localhost), .choices = flag, .def = "no" },
{ VALUE("NumberOfPasswordPrompts", KIND_NUMBER, number_of_password_prompts), .min = 0,
	.max = INT_MAX, .def = "3" },
{ VALUE("ObscureKeystrokeTiming", KIND_OBSCURE, obscure_keystroke_timing), .choices = flag },
{ VALUE("PasswordAuthentication", KIND_CHOICE, password_authentication), .choices = flag,
	.def = "yes" },
{ VALUE("PermitLocalCommand", KIND_CHOICE, permit_local_command), .choices = flag, .def = "no" },
{ VALUE("PermitRemoteOpen", KIND_OPENS, permit_remote_open), .def = "any" },
{ VALUE("PKCS11Provider", KIND_STRING, pkcs11_provider), .none_clears = true,
	.harmless = "none",
	.why = N_("rsh loads no PKCS#11 library; keys of an agent work") },
{ VALUE("Port", KIND_PORT, port), .def = "22" },
{ VALUE("PreferredAuthentications", KIND_STRING, preferred_authentications),
	.def = "publickey,keyboard-interactive,password", .hide_default = true },
{ PLAIN("Protocol", KIND_NOTHING) },
{ PLAIN("ProtocolKeepAlives", KIND_ALIAS), .def = "ServerAliveInterval" },
{ VALUE("ProxyCommand", KIND_COMMAND, proxy_command), .other = FIELD(proxy_jump),
	.none_clears = true },
{ VALUE("ProxyJump", KIND_JUMP, proxy_jump), .other = FIELD(proxy_command),
	.at = FIELD(proxy_jump_at),
	.none_clears = true },
{ VALUE("ProxyUseFdpass", KIND_CHOICE, proxy_use_fdpass), .choices = flag, .def = "no" },
{ VALUE("PubkeyAcceptedAlgorithms", KIND_ALGOS, pubkey_accepted_algorithms),
	.algos = &sshopt_pubkeys, .def = "-" },
{ PLAIN("PubkeyAcceptedKeyTypes", KIND_ALIAS), .def = "PubkeyAcceptedAlgorithms" },
{ VALUE("PubkeyAuthentication", KIND_CHOICE, pubkey_authentication), .choices = pubkey_auth,
	.def = "yes" },
{ VALUE("RefuseConnection", KIND_REFUSE, refuse_connection) },
{ VALUE("RekeyLimit", KIND_REKEY, rekey_bytes), .other = FIELD(rekey_seconds), .def = "default 0" },
{ VALUE("RemoteCommand", KIND_COMMAND, remote_command), .at = FIELD(remote_command_at),
	.none_clears = true },
{ VALUE("RemoteForward", KIND_FORWARD, remote_forwards), .min = SSHFORWARD_REMOTE },
{ VALUE("RequestTTY", KIND_CHOICE, request_tty), .choices = request_tty, .def = "auto" },
{ VALUE("RequiredRSASize", KIND_NUMBER, required_rsa_size), .min = 0, .max = INT_MAX,
	.def = "1024" },
{ VALUE("RevokedHostKeys", KIND_STRING, revoked_host_keys), .none_clears = true },
{ PLAIN("RhostsAuthentication", KIND_NOTHING) },
{ PLAIN("RhostsRSAAuthentication", KIND_NOTHING) },
{ PLAIN("RSAAuthentication", KIND_NOTHING) },
{ VALUE("SecurityKeyProvider", KIND_STRING, security_key_provider), .def = "internal",
	.none_clears = true },
{ VALUE("SendEnv", KIND_SENDENV, send_env) },
{ VALUE("ServerAliveCountMax", KIND_NUMBER, server_alive_count_max), .min = 0,
	.max = INT_MAX, .def = "3" },
{ VALUE("ServerAliveInterval", KIND_SPAN, server_alive_interval), .def = "0" },
{ VALUE("SessionType", KIND_CHOICE, session_type), .choices = session_types, .def = "default" },
{ VALUE("SetEnv", KIND_SETENV, set_env) },
{ PLAIN("SetupTimeOut", KIND_ALIAS), .def = "ServerAliveInterval" },
{ PLAIN("SKeyAuthentication", KIND_ALIAS), .def = "KbdInteractiveAuthentication" },
{ PLAIN("SmartcardDevice", KIND_ALIAS), .def = "PKCS11Provider" },
{ VALUE("StdinNull", KIND_CHOICE, stdin_null), .choices = flag, .def = "no" },
{ VALUE("StreamLocalBindMask", KIND_MASK, stream_local_bind_mask), .def = "0177" },
{ VALUE("StreamLocalBindUnlink", KIND_CHOICE, stream_local_bind_unlink), .choices = flag, .def = "no" },
{ VALUE("StrictHostKeyChecking", KIND_CHOICE, strict), .choices = strict_check, .def = "ask" },
{ VALUE("SyslogFacility", KIND_CHOICE, syslog_facility), .choices = facilities, .def = "USER" },
{ VALUE("Tag", KIND_STRING, tag) },
{ VALUE("TCPKeepAlive", KIND_CHOICE, tcp_keep_alive), .choices = flag, .def = "yes" },
{ PLAIN("TISAuthentication", KIND_ALIAS), .def = "KbdInteractiveAuthentication" },
{ VALUE("Tunnel", KIND_CHOICE, tunnel), .choices = tunnels, .def = "no",
	.harmless = "no,false", .why = N_("rsh makes no tunnels") },
{ VALUE("TunnelDevice", KIND_TUNNEL, tunnel_local), .other = FIELD(tunnel_remote),
	.def = "any:any" },
{ VALUE("UpdateHostKeys", KIND_CHOICE, update_host_keys), .choices = yes_no_ask,
	.harmless = "no,false", .why = N_("rsh learns no further host keys from servers") },
{ PLAIN("UsePrivilegedPort", KIND_NOTHING) },
{ VALUE("User", KIND_STRING, user) },
{ VALUE("UserKnownHostsFile", KIND_FILES, user_known_hosts_files), .none_clears = true,
	.def = "~/.ssh/known_hosts ~/.ssh/known_hosts2" },
{ PLAIN("UserKnownHostsFile2", KIND_NOTHING) },
{ PLAIN("UseRoaming", KIND_NOTHING) },
{ PLAIN("UseRsh", KIND_NOTHING) },
{ VALUE("VerifyHostKeyDNS", KIND_CHOICE, verify_host_key_dns), .choices = yes_no_ask,
	.def = "no", .harmless = "no,false", .why = N_("rsh takes no host keys from the DNS") },
{ VALUE("VersionAddendum", KIND_STRING, version_addendum), .none_clears = true,
	.harmless = "none", .why = N_("rsh gives libssh's name and version") },
{ VALUE("VisualHostKey", KIND_CHOICE, visual_host_key), .choices = flag, .def = "no" },
{ VALUE("WarnWeakCrypto", KIND_STRING, warn_weak_crypto) },
{ VALUE("XAuthLocation", KIND_STRING, xauth_location), .def = "/usr/bin/xauth" },
};
/* clang-format on */

const size_t sshopt_nrows = sizeof(sshopt_rows) / sizeof(sshopt_rows[0]);

const char *const sshopt_dump_order[] = {
	"User",
	"HostName",
	"Port",
	"AddressFamily",
	"BatchMode",
	"CanonicalizeFallbackLocal",
	"CanonicalizeHostname",
	"CheckHostIP",
	"Compression",
	"ControlMaster",
	"EnableSSHKeysign",
	"ClearAllForwardings",
	"ExitOnForwardFailure",
	"FingerprintHash",
	"ForwardX11",
	"ForwardX11Trusted",
	"GatewayPorts",
	"GSSAPIAuthentication",
	"GSSAPIKeyExchange",
	"GSSAPIDelegateCredentials",
	"GSSAPITrustDns",
	"GSSAPIRenewalForcesRekey",
	"GSSAPIClientIdentity",
	"GSSAPIServerIdentity",
	"GSSAPIKexAlgorithms",
	"HashKnownHosts",
	"HostbasedAuthentication",
	"IdentitiesOnly",
	"KbdInteractiveAuthentication",
	"NoHostAuthenticationForLocalhost",
	"PasswordAuthentication",
	"PermitLocalCommand",
	"ProxyUseFdpass",
	"PubkeyAuthentication",
	"RequestTTY",
	"SessionType",
	"StdinNull",
	"ForkAfterAuthentication",
	"StreamLocalBindUnlink",
	"StrictHostKeyChecking",
	"TCPKeepAlive",
	"Tunnel",
	"VerifyHostKeyDNS",
	"VisualHostKey",
	"UpdateHostKeys",
	"EnableEscapeCommandline",
	"CanonicalizeMaxDots",
	"ConnectionAttempts",
	"ForwardX11Timeout",
	"NumberOfPasswordPrompts",
	"ServerAliveCountMax",
	"ServerAliveInterval",
	"RequiredRSASize",
	"BindAddress",
	"BindInterface",
	"Ciphers",
	"ControlPath",
	"HostKeyAlgorithms",
	"HostKeyAlias",
	"HostbasedAcceptedAlgorithms",
	"IdentityAgent",
	"IgnoreUnknown",
	"KbdInteractiveDevices",
	"KexAlgorithms",
	"CASignatureAlgorithms",
	"LocalCommand",
	"RemoteCommand",
	"LogLevel",
	"MACs",
	"PKCS11Provider",
	"SecurityKeyProvider",
	"PreferredAuthentications",
	"PubkeyAcceptedAlgorithms",
	"RevokedHostKeys",
	"XAuthLocation",
	"KnownHostsCommand",
	"DynamicForward",
	"LocalForward",
	"RemoteForward",
	"IdentityFile",
	"CanonicalDomains",
	"CertificateFile",
	"GlobalKnownHostsFile",
	"UserKnownHostsFile",
	"SendEnv",
	"SetEnv",
	"LogVerbose",
	"PermitRemoteOpen",
	"AddKeysToAgent",
	"ForwardAgent",
	"ConnectTimeout",
	"TunnelDevice",
	"CanonicalizePermittedCNAMEs",
	"ControlPersist",
	"EscapeChar",
	"IPQoS",
	"RekeyLimit",
	"StreamLocalBindMask",
	"SyslogFacility",
	"ProxyCommand",
	"ProxyJump",
	/* newer than 9.2 */
	"Tag",
	"ChannelTimeout",
	"ObscureKeystrokeTiming",
	"RefuseConnection",
	"VersionAddendum",
	"WarnWeakCrypto",
	NULL,
};
