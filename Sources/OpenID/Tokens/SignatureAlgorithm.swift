/// The algorithms by which ID tokens may be signed: with the provider's private key always, never with a secret that
/// both sides share, and never not at all.
enum SignatureAlgorithm: String, Sendable, CaseIterable {
  /// RSA with the padding of PKCS #1 1.5 and SHA-256.
  case rs256 = "RS256"
  /// RSA with the padding PSS and SHA-256.
  case ps256 = "PS256"
  /// ECDSA on P-256 with SHA-256.
  case es256 = "ES256"
}
