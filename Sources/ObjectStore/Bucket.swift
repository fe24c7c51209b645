import Primitives
import Transfer

/// A bucket of a store that speaks the protocol of Amazon S3, with the keys to it.
package struct Bucket: Sendable {
  /// The name.
  package let name: String
  /// The region that signatures name.
  package let region: String
  /// The address of the store, `https://host:port` without a slash at its end; nil for Amazon's in the region.
  package let endpoint: String?
  /// The beginning of the keys of all objects, without a slash at its end; empty for none.
  package let prefix: String
  private let accessKey: String
  private let secretKey: String

  private static let inPath = ASCIISet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")

  /// Describes a bucket; nothing is contacted.
  ///
  /// - Parameters:
  ///   - name: The name: letters, digits, dots, dashes and underscores.
  ///   - region: The region: letters, digits and dashes.
  ///   - endpoint: The address of the store, `https://host:port`; nil for Amazon's in the region.
  ///   - accessKey: The name of the key.
  ///   - secretKey: The key.
  ///   - prefix: The beginning of the keys of all objects, without a slash at its end.
  package init(
    name: String, region: String, endpoint: String? = nil, accessKey: String, secretKey: String,
    prefix: String = ""
  ) {
    self.name = name
    self.region = region
    self.endpoint = endpoint
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.prefix = prefix
  }

  /// Returns the key of an object with a name.
  package func key(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix)/\(name)" }

  var signature: AWSSignature {
    AWSSignature(region: region, service: "s3", accessKey: accessKey, secretKey: secretKey)
  }

  /// The address of the bucket. Other stores, and names with dots, which no certificate of Amazon's covers, have the name
  /// in the path.
  var address: String {
    if let endpoint { return "\(endpoint)/\(name)" }
    return name.contains(".")
      ? "https://s3.\(region).amazonaws.com/\(name)"
      : "https://\(name).s3.\(region).amazonaws.com"
  }

  /// Returns the URL of an object, or of the bucket itself.
  ///
  /// - Parameters:
  ///   - key: The key of the object, which may be any text.
  ///   - query: The parameters in the order of their names, as the signature has them.
  func url(_ key: String?, query: [(name: String, value: String)] = []) -> String {
    let path = key.map { PercentCoding.encode($0.utf8, keeping: Self.inPath) } ?? ""
    let parameters = query.map {
      "\($0.name)=\(PercentCoding.encode($0.value.utf8, keeping: PercentCoding.unreserved))"
    }
    return "\(address)/\(path)" + (query.isEmpty ? "" : "?\(parameters.joined(separator: "&"))")
  }
}

extension Bucket: CustomStringConvertible, CustomReflectable {
  /// The address alone: the rest holds the key.
  package var description: String { address }

  /// As the description.
  package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
