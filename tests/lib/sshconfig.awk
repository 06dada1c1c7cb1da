# SPDX-License-Identifier: Apache-2.0
# usage: awk -v n=N -v seed=S -v dir=DIR -f sshconfig.awk: N random ssh_config
# files, DIR/1 to DIR/N, the same ones for the same seed whichever awk it is.
# Nothing in them runs a command or asks a name server.

# The next of a small generator; below 2^31, so exact in any awk.
function random(below) {
	state = (state * 16807) % 2147483647
	return int(state / 2147483647 * below)
}

function pick(list, words, count) {
	count = split(list, words, "|")
	return words[random(count) + 1]
}

# Good values mostly; a bad one ends the whole file.
function line() {
	if (random(60) == 0)
		return pick("Port x|Bogus 1|User|Ciphers none|LocalForward 1|" \
			    "IPQoS x|SetEnv A|Compression true|User \"a")
	return pick(values[random(nvalues) + 1])
}

function block(k) {
	k = random(12)
	if (k < 6)
		return "Host " pick("*|h|?|h x|!h *|!x *|x|h*|*.org|H|h.e.org")
	if (k < 10)
		return "Match " pick("host h|host x|!host x|originalhost h|" \
				     "host *.org|user bob|!user bob|" \
				     "host h user bob|final host h|all|final|" \
				     "localuser nobody|host x,h|host !h,*")
	if (k < 11)
		return "Include " dir "/part" random(3)
	return pick("# a comment||  |\t# x")
}

function spell(text) {
	if (random(8) == 0)
		sub(/ /, pick(" = |=|  |\t"), text)
	if (random(12) == 0)
		text = tolower(substr(text, 1, 1)) substr(text, 2)
	if (random(12) == 0)
		sub(/^[A-Za-z]+/, "\"&\"", text)
	if (random(30) == 0)
		sub(/[a-z]+/, "\"&\"", text)
	if (random(10) == 0)
		text = pick("  |\t|= |=|\"\" |\"\"| =|= = |\"x ") text
	return text
}

function write(path, lines, i) {
	printf "" >path
	for (i = 0; i < lines; i++)
		print spell(random(4) ? line() : block()) >path
	close(path)
}

BEGIN {
	state = seed
	values[++nvalues] = "Port 1|Port 22|Port 65535|Port ssh"
	values[++nvalues] = "User bob|User \"a b\"|User ann"
	values[++nvalues] = "HostName h.e.org|HostName %h.org|HostName 127.1|HostName X"
	values[++nvalues] = "IdentityFile a|IdentityFile ~/%h|IdentityFile none|IdentityFile %d/k"
	values[++nvalues] = "CertificateFile c|CertificateFile none"
	values[++nvalues] = "SendEnv A B|SendEnv -A|SendEnv LC_*|SendEnv -*"
	values[++nvalues] = "SetEnv A=1 B=2|SetEnv C=\"x y\"|SetEnv A=3"
	values[++nvalues] = "LocalForward 1 a:2|LocalForward b:3 [::1]:4|DynamicForward 5|RemoteForward 6|RemoteForward 0 c:7|ClearAllForwardings yes"
	values[++nvalues] = "ProxyCommand none|ProxyCommand nc %h %p # x|ProxyJump none|ProxyJump a,b:22"
	values[++nvalues] = "Ciphers aes128-ctr|Ciphers -aes*|Ciphers ^aes256-ctr|Ciphers +aes128-cbc"
	values[++nvalues] = "CASignatureAlgorithms rsa-*|HostbasedAcceptedAlgorithms +ssh-rsa|HostKeyAlgorithms ssh-ed25519,rsa-sha2-512"
	values[++nvalues] = "ConnectTimeout 5|ConnectTimeout none|ConnectTimeout 1m30s|ServerAliveInterval 9|BatchMode yes"
	values[++nvalues] = "UserKnownHostsFile ~/x %h|UserKnownHostsFile none|GlobalKnownHostsFile ~/y|VerifyHostKeyDNS ask|UpdateHostKeys yes"
	values[++nvalues] = "ControlPath ~/c-%r@%h:%p|ControlMaster auto|ControlPersist 5m|ControlPath none"
	values[++nvalues] = "IPQoS ef|IPQoS 0x10 none|TunnelDevice 1:2|Tunnel yes"
	values[++nvalues] = "AddKeysToAgent confirm 1h|AddKeysToAgent ask|ForwardAgent yes|ForwardAgent no|IdentityAgent none"
	values[++nvalues] = "StrictHostKeyChecking no|StrictHostKeyChecking accept-new|CheckHostIP yes|HashKnownHosts yes|FingerprintHash md5"
	values[++nvalues] = "RekeyLimit 1G 1h|RekeyLimit default none|EscapeChar ^x|LogLevel VERBOSE|RequestTTY no"
	values[++nvalues] = "CanonicalDomains a b|CanonicalizeMaxDots 3|PermitRemoteOpen a:1|KnownHostsCommand x|RevokedHostKeys ~/r|LocalCommand l"
	values[++nvalues] = "HostKeyAlias K|AddressFamily inet|Compression yes|GSSAPIAuthentication yes|PubkeyAuthentication unbound"
	for (f = 0; f < 3; f++)
		write(dir "/part" f, 4)
	for (f = 1; f <= n; f++)
		write(dir "/" f, 1 + random(14))
}
