"""Makes tokens.json, webhooks.json and requests.json with PyJWT, standardwebhooks and http-message-signatures.

    pip install 'pyjwt[crypto]==2.15.1' standardwebhooks==1.1.0 http-message-signatures==3.0.0 requests
    python make.py

Keys are new with every run; the time inside is always the same.
"""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib

import http_message_signatures
import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from standardwebhooks.webhooks import Webhook

NOW = 1_800_000_000
ISSUER, AUDIENCE = "https://issuer.example", "studio"
HERE = pathlib.Path(__file__).parent


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(algorithm, key, kid, **more):
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig", **more}


r1, r2, small = (rsa.generate_private_key(65537, bits) for bits in (2048, 3072, 1024))
e1, e2 = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
p384, okp = ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()
secret = hashlib.sha256(b"a secret for tests").digest()
public = {
    "keys": [
        jwk(RSAAlgorithm, r1, "r1", alg="RS256"),
        jwk(RSAAlgorithm, r2, "r2"),
        jwk(ECAlgorithm, e1, "e1", alg="ES256"),
        jwk(ECAlgorithm, p384, "p384"),
        jwk(OKPAlgorithm, okp, "okp"),
        jwk(RSAAlgorithm, small, "small"),
        {**jwk(RSAAlgorithm, r1, "enc"), "use": "enc"},
        {**jwk(RSAAlgorithm, r1, "rs512"), "alg": "RS512"},
    ]
}
claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "iat": NOW - 10, "nbf": NOW - 10, "exp": NOW + 300}
cases = []


def case(name, expect, token):
    cases.append({"name": name, "expect": expect, "token": token})


def signed(name, expect, key=r1, algorithm="RS256", kid="r1", headers=None, **changes):
    body = {k: v for k, v in {**claims, **changes}.items() if v is not None}
    head = {**({"kid": kid} if kid else {}), **(headers or {})}
    # PyJWT checks some claims before it signs; tokens with wrong ones are signed as plain JWS.
    payload = json.dumps(body, separators=(",", ":")).encode()
    case(name, expect, jwt.api_jws.encode(payload, key, algorithm, headers=head))


def by_hand(name, expect, header, payload, mac):
    text = b64(header) + "." + b64(payload)
    case(name, expect, text + "." + b64(mac(text.encode())))


signed("rs256", "ok")
signed("rs256, 3072 bits", "ok", key=r2, kid="r2")
signed("es256", "ok", key=e1, algorithm="ES256", kid="e1")
signed("es256 without kid", "ok", key=e1, algorithm="ES256", kid=None)
signed("audiences", "ok", aud=["other", AUDIENCE])
signed("times with fractions", "ok", exp=NOW + 0.5, iat=NOW - 0.25)
signed("within the leeway", "ok", exp=NOW - 59, nbf=NOW + 59, iat=NOW + 59)
signed("no iat and nbf", "ok", iat=None, nbf=None)
signed("addresses that are not followed", "ok", headers={"jku": "https://evil.example/jwks", "x5u": "https://evil.example/c"})
signed("expired", "token-expired", exp=NOW - 60)
signed("not yet", "token-not-yet-valid", nbf=NOW + 61)
signed("from the future", "token-not-yet-valid", iat=NOW + 61)
signed("no exp", "token-claim", exp=None)
signed("exp as text", "token-claim", exp=str(NOW + 300))
signed("exp without end", "token-claim", exp=1e300)
signed("exp as truth value", "token-claim", exp=True)
signed("negative exp", "token-claim", exp=-1)
signed("another audience", "token-claim", aud="other")
signed("no audience", "token-claim", aud=None)
signed("audience of numbers", "token-claim", aud=[AUDIENCE, 7])
signed("another issuer", "token-claim", iss=ISSUER + "/")
signed("no issuer", "token-claim", iss=None)
signed("issuer list", "token-claim", iss=[ISSUER])
signed("unknown kid", "token-key-unknown", kid="r9")
signed("no kid, two keys", "token-key-unknown", kid=None)
signed("another's key", "token-signature", key=r2, kid="r1")
signed("another's curve point", "token-signature", key=e2, algorithm="ES256", kid="e1")
signed("kid of another kind", "token-key-unknown", key=e1, algorithm="ES256", kid="r1")
signed("a key inside", "token-signature", key=r2, kid="r1", headers={"jwk": jwk(RSAAlgorithm, r2, "r1")})
signed("short rsa key", "token-key-unknown", key=small, kid="small")
signed("encryption key", "token-key-unknown", kid="enc")
signed("key of another algorithm", "token-key-unknown", kid="rs512")
signed("critical extension", "token-malformed", headers={"crit": ["exp"], "exp": 1})
signed("kid as number", "token-malformed", kid=None, headers={"KID": "r1"} | {"typ": 7})
for name, key, kid in [("RS384", r1, "r1"), ("RS512", r1, "r1"), ("PS256", r1, "r1"), ("ES384", p384, "p384"), ("EdDSA", okp, "okp")]:
    signed(name, "token-algorithm", key=key, algorithm=name, kid=kid)
signed("HS512", "token-algorithm", key=secret * 2, algorithm="HS512", kid="s1")
signed("hs256 where only public keys are", "token-algorithm", key=secret, algorithm="HS256", kid="s1")
case("none", "token-algorithm", jwt.encode(claims, None, "none", headers={"kid": "r1"}))
body = json.dumps(claims).encode()
for spelling in ["none", "None", "NONE", "nOnE", ""]:
    by_hand("alg " + spelling, "token-algorithm", json.dumps({"alg": spelling, "kid": "r1"}).encode(), body, lambda _: b"")
pem = r1.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
by_hand("the public key as secret", "token-algorithm", b'{"alg":"HS256","kid":"r1"}', body,
        lambda text: hmac.new(pem, text, hashlib.sha256).digest())
by_hand("two algorithms", "token-malformed", b'{"alg":"RS256","kid":"r1","alg":"none"}', body, lambda _: b"")
by_hand("two algorithms, one with an escape", "token-malformed", b'{"alg":"RS256","kid":"r1","\\u0061lg":"none"}', body, lambda _: b"")
by_hand("two issuers", "token-malformed", b'{"alg":"RS256","kid":"r1"}', b'{"iss":"a","iss":"b"}', lambda _: b"x")
by_hand("empty signature", "token-signature", b'{"alg":"RS256","kid":"r1"}', body, lambda _: b"")
by_hand("zero signature of a curve", "token-signature", b'{"alg":"ES256","kid":"e1"}', body, lambda _: bytes(64))
by_hand("payload is a list", "token-malformed", b'{"alg":"RS256","kid":"r1"}', b"[1]", lambda _: b"x")

minted = {"aud": "studio", "exp": NOW + 300, "iss": "gateway", "sub": "ann"}
shared = [
    {"name": "hs256", "expect": "ok", "token": jwt.encode(claims, secret, "HS256", headers={"kid": "s1"})},
    {"name": "wrong secret", "expect": "token-signature", "token": jwt.encode(claims, secret[::-1], "HS256", headers={"kid": "s1"})},
    {"name": "short signature", "expect": "token-signature",
     "token": jwt.encode(claims, secret, "HS256", headers={"kid": "s1"})[:-11]},
]
(HERE / "tokens.json").write_text(json.dumps({
    "now": NOW, "issuer": ISSUER, "audience": AUDIENCE, "jwks": public, "public": cases, "secret": b64(secret), "shared": shared,
    "minted": {"claims": minted, "token": jwt.encode(minted, secret, "HS256", headers={"kid": "7"}, sort_headers=True)},
}, indent=1) + "\n")

hooks = []
for length in (24, 32, 64):
    key = hashlib.shake_256(b"a webhook secret").digest(length)
    text = "whsec_" + base64.b64encode(key).decode()
    payload = json.dumps({"type": "job.finished", "data": {"name": "naïve – 名", "n": length}}, ensure_ascii=False)
    time = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)
    hooks.append({"secret": text, "id": f"msg_{length}", "timestamp": str(NOW), "payload": payload,
                  "signature": Webhook(text).sign(f"msg_{length}", time, payload)})
(HERE / "webhooks.json").write_text(json.dumps(hooks, indent=1, ensure_ascii=False) + "\n")


class Resolver(http_message_signatures.HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id):
        return secret

    def resolve_public_key(self, key_id):
        return secret


signer = http_message_signatures.HTTPMessageSigner(
    signature_algorithm=http_message_signatures.algorithms.HMAC_SHA256, key_resolver=Resolver())
signed_requests = []
for method, url, body in [
    ("POST", "https://Studio.example:443/v1/chat/completions?a=1&b=%20c", b'{"model":"m"}'),
    ("GET", "https://studio.example:8443/llm/models", b""),
    ("DELETE", "https://studio.example/keys/key_1?", b""),
    ("PUT", "https://studio.example/a%2Fb/c;d=e?q=%22x%22&empty=", b"\x00\xff" * 100),
]:
    request = requests.Request(method, url, data=body or None).prepare()
    components = ["@method", "@authority", "@path", "@query"]
    if body:
        digest = base64.b64encode(hashlib.sha512(body).digest()).decode()
        request.headers["Content-Digest"] = f"sha-512=:{digest}:"
        components.append("content-digest")
    signer.sign(request, key_id="caller", created=datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc),
                nonce=f"nonce-{method}-{NOW}", label="sig1", covered_component_ids=components,
                use_existing_digest=bool(body))
    parts = requests.compat.urlparse(request.url)
    target = request.path_url
    signed_requests.append({
        "method": method, "authority": parts.netloc, "target": target, "body": base64.b64encode(body).decode(),
        "fields": [{"name": k, "value": v} for k, v in request.headers.items()]})
(HERE / "requests.json").write_text(json.dumps({"key": b64(secret), "requests": signed_requests}, indent=1) + "\n")
