import COpenSSL
import Foundation
import Primitives

/// A private key of a provider, made by libcrypto.
///
/// `@unchecked Sendable`: an EVP_PKEY of OpenSSL 3 may be read from any number of threads, each with a context of its own;
/// after `init` nothing changes it, and `deinit` frees it once.
package final class StubKey: @unchecked Sendable {
  /// The types of keys.
  package enum Kind: Sendable { case rsa, p256 }

  /// The key's name.
  package let id: String
  private let kind: Kind
  private let handle: OpaquePointer

  /// A new key.
  package init(_ kind: Kind, id: String) {
    self.id = id
    self.kind = kind
    let context = EVP_PKEY_CTX_new_from_name(nil, kind == .rsa ? "RSA" : "EC", nil)
    defer { EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    var bits = 2048
    var group = Array("prime256v1".utf8CString)
    let isMade =
      "bits".withCString { bitsName in
        "group".withCString { groupName in
          group.withUnsafeMutableBufferPointer { group in
            var parameters = [
              kind == .rsa
                ? OSSL_PARAM_construct_size_t(bitsName, &bits)
                : OSSL_PARAM_construct_utf8_string(groupName, group.baseAddress, 0),
              OSSL_PARAM_construct_end(),
            ]
            return EVP_PKEY_keygen_init(context) == 1
              && EVP_PKEY_CTX_set_params(context, &parameters) == 1
              && EVP_PKEY_generate(context, &made) == 1
          }
        }
      }
    guard isMade, let made else { fatalError("libcrypto makes no key") }
    handle = made
  }

  deinit { EVP_PKEY_free(handle) }

  /// The public key as a provider's document has it.
  package var json: [String: String] {
    switch kind {
    case .rsa:
      [
        "kty": "RSA", "use": "sig", "kid": id, "n": Base64URL.encode(modulus),
        "e": Base64URL.encode([1, 0, 1]),
      ]
    case .p256:
      [
        "kty": "EC", "use": "sig", "kid": id, "crv": "P-256",
        "x": Base64URL.encode(Array(point[1..<33])), "y": Base64URL.encode(Array(point[33...])),
      ]
    }
  }

  /// A token with a header and claims, signed by an algorithm, whatever the header says.
  package func token(_ claims: [String: Any], header: [String: Any]? = nil, isPSS: Bool = false)
    -> String
  {
    let algorithm = kind == .p256 ? "ES256" : isPSS ? "PS256" : "RS256"
    let signed = Self.unsigned(header ?? ["alg": algorithm, "kid": id], claims)
    return signed + "." + Base64URL.encode(sign(Array(signed.utf8), isPSS: isPSS))
  }

  /// The first two parts of a token.
  package static func unsigned(_ header: [String: Any], _ claims: [String: Any]) -> String {
    [header, claims].map { part in
      do {
        return Base64URL.encode(Array(try JSONSerialization.data(withJSONObject: part)))
      } catch {
        fatalError("no JSON: \(part): \(error)")
      }
    }.joined(separator: ".")
  }

  /// The modulus of an RSA key, its highest byte first.
  package var modulus: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let isRead = "n".withCString { name in
      bytes.withUnsafeMutableBufferPointer { bytes in
        var parameters = [
          OSSL_PARAM_construct_BN(name, bytes.baseAddress, bytes.count),
          OSSL_PARAM_construct_end(),
        ]
        return EVP_PKEY_get_params(handle, &parameters) == 1
      }
    }
    guard isRead else { fatalError("libcrypto shows no modulus") }
    return 1.littleEndian == 1 ? bytes.reversed() : bytes
  }

  private var point: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65)
    var count = 0
    guard
      EVP_PKEY_get_octet_string_param(handle, "encoded-pub-key", &bytes, bytes.count, &count) == 1
        || EVP_PKEY_get_octet_string_param(handle, "pub", &bytes, bytes.count, &count) == 1,
      count == 65
    else { fatalError("libcrypto shows no point") }
    return bytes
  }

  private func sign(_ bytes: [UInt8], isPSS: Bool) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var details: OpaquePointer?
    guard EVP_DigestSignInit(context, &details, EVP_sha256(), nil, handle) == 1 else {
      fatalError("libcrypto does not sign")
    }
    if isPSS { Self.usePSS(details) }
    var signature = [UInt8](repeating: 0, count: 512)
    var count = signature.count
    guard EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1 else {
      fatalError("libcrypto does not sign")
    }
    let made = Array(signature[..<count])
    return kind == .p256 ? Self.raw(made) : made
  }

  private static func usePSS(_ details: OpaquePointer?) {
    var mode = Array("pss".utf8CString)
    var salt = Array("digest".utf8CString)
    let isSet = "pad-mode".withCString { modeName in
      "saltlen".withCString { saltName in
        mode.withUnsafeMutableBufferPointer { mode in
          salt.withUnsafeMutableBufferPointer { salt in
            var parameters = [
              OSSL_PARAM_construct_utf8_string(modeName, mode.baseAddress, 0),
              OSSL_PARAM_construct_utf8_string(saltName, salt.baseAddress, 0),
              OSSL_PARAM_construct_end(),
            ]
            return EVP_PKEY_CTX_set_params(details, &parameters) == 1
          }
        }
      }
    }
    guard isSet else { fatalError("libcrypto does not know PSS") }
  }

  /// The two numbers of a sequence of DER, 32 bytes each.
  private static func raw(_ der: [UInt8]) -> [UInt8] {
    var rest = der[2...]
    var numbers: [UInt8] = []
    for _ in 0..<2 {
      let count = Int(rest[rest.startIndex + 1])
      let digits = rest[(rest.startIndex + 2)..<(rest.startIndex + 2 + count)].drop { $0 == 0 }
      numbers += [UInt8](repeating: 0, count: 32 - digits.count) + digits
      rest = rest[(rest.startIndex + 2 + count)...]
    }
    return numbers
  }
}
