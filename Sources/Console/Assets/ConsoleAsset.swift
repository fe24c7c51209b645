import API
import Primitives

/// One served file, packed once and for all.
package struct ConsoleAsset: Sendable {
  /// What a browser is sent.
  package struct Answer: Sendable, Equatable {
    /// The body.
    package let bytes: [UInt8]
    /// The value of `Content-Type`.
    package let type: String
    /// Whether the body is packed: `Content-Encoding: gzip`.
    package let isGzip: Bool
    /// The value of `ETag`. The packed body has another one than the plain one.
    package let etag: String
  }

  private let type: AssetType
  private let digest: String
  private let bytes: [UInt8]
  /// The packed bytes, where packing pays.
  private let packed: [UInt8]?

  init(_ bytes: [UInt8], type: AssetType, digest: String) throws(ConsoleAssetsError) {
    self.type = type
    self.digest = digest
    self.bytes = bytes
    let gzip = type.isPacked ? nil : Gzip.packed(bytes, effort: .most)
    packed = gzip.flatMap { $0.count < bytes.count ? $0 : nil }
  }

  func answer(acceptsGzip: Bool) -> Answer {
    guard acceptsGzip, let packed else {
      return Answer(bytes: bytes, type: type.contentType, isGzip: false, etag: "\"\(digest)\"")
    }
    return Answer(bytes: packed, type: type.contentType, isGzip: true, etag: "\"\(digest)-gzip\"")
  }

  /// The digits of a file's SHA-256 that its served name holds.
  static func digest(_ bytes: [UInt8]) throws(ConsoleAssetsError) -> String {
    guard let hash = Digest(.sha256) else { throw ConsoleAssetsError("SHA-256 is not available") }
    hash.update(bytes)
    return String(hash.finish().prefix(10))
  }
}
