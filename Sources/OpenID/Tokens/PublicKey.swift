import COpenSSL

/// A public key in the form of libcrypto, for as long as one signature is looked at.
struct PublicKey: ~Copyable {
  private let handle: OpaquePointer

  /// What a public key consists of, with its parameters: `EVP_PKEY_PUBLIC_KEY`, a macro that Swift does not import.
  private static let selection: Int32 = 0x86

  /// A key; nil for numbers that are none, such as a point that is not on the curve.
  init?(_ material: SigningKey.Material) {
    var parameters = CryptoParameters()
    let type: String
    switch material {
    case .rsa(let modulus, let exponent):
      type = "RSA"
      parameters.add("n", number: modulus)
      parameters.add("e", number: exponent)
    case .p256(let x, let y):
      type = "EC"
      parameters.add("group", text: "prime256v1")
      parameters.add("pub", bytes: [4] + x + y)
    }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    let isMade = parameters.withList { list in
      EVP_PKEY_fromdata_init(context) == 1
        && EVP_PKEY_fromdata(context, &made, Self.selection, list) == 1
    }
    guard isMade, let made else { return nil }
    handle = made
  }

  deinit { EVP_PKEY_free(handle) }

  /// Whether a signature by SHA-256 is that of some bytes.
  ///
  /// - Parameters:
  ///   - signature: The signature as libcrypto takes it.
  ///   - isPSS: Whether the padding is PSS, with a salt as long as the hash (RFC 7518, 3.5).
  func verifies(_ signature: [UInt8], of bytes: [UInt8], isPSS: Bool) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    // Belongs to the former, and is freed with it.
    var details: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &details, EVP_sha256(), nil, handle) == 1 else {
      return false
    }
    if isPSS {
      var parameters = CryptoParameters()
      parameters.add("pad-mode", text: "pss")
      parameters.add("saltlen", text: "digest")
      guard parameters.withList({ EVP_PKEY_CTX_set_params(details, $0) }) == 1 else {
        return false
      }
    }
    return EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
  }
}
