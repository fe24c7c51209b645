import Foundation
import ObjectStore

extension ProcessConfiguration {
  /// The variables of a bucket beside its name.
  private static let bucketDetails = [
    "MARTLET_S3_ENDPOINT", "MARTLET_S3_REGION", "MARTLET_S3_ACCESS_KEY", "MARTLET_S3_SECRET_KEY",
    "MARTLET_S3_PREFIX",
  ]

  /// Reads the bucket for uploaded files; nil where none is named, which is a problem if anything else of it is given.
  static func bucket(_ reader: inout VariableReader) -> Bucket? {
    let name = reader.optional(
      "MARTLET_S3_BUCKET",
      expected: "3 to 63 letters, digits, dots, dashes and underscores"
    ) { (3...63).contains($0.utf8.count) && isObjectName($0) ? $0 : nil }
    let endpoint = reader.optional(
      "MARTLET_S3_ENDPOINT", expected: "a URL http://host:port or https://host:port",
      bucketEndpoint)
    let region = reader.value(
      "MARTLET_S3_REGION", "us-east-1", expected: "1 to 64 letters, digits and dashes"
    ) { (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy(isRegionByte) ? $0 : nil }
    let prefix = reader.value(
      "MARTLET_S3_PREFIX", "",
      expected:
        "names of letters, digits, dots, dashes and underscores, joined by slashes, 200 bytes at most",
      bucketPrefix)
    let accessKey = key("MARTLET_S3_ACCESS_KEY", &reader)
    let secretKey = key("MARTLET_S3_SECRET_KEY", &reader)
    guard let name else {
      let isWanted = reader.text("MARTLET_S3_BUCKET") != nil
      if !isWanted, let detail = bucketDetails.first(where: { reader.text($0) != nil }) {
        reader.fail("MARTLET_S3_BUCKET", "is required where \(detail) is given")
      }
      return nil
    }
    for variable in ["MARTLET_S3_ACCESS_KEY", "MARTLET_S3_SECRET_KEY"]
    where reader.text(variable) == nil {
      reader.fail(variable, "is required where MARTLET_S3_BUCKET is given")
    }
    guard let accessKey, let secretKey else { return nil }
    return Bucket(
      name: name, region: region, endpoint: endpoint, accessKey: accessKey, secretKey: secretKey,
      prefix: prefix)
  }

  private static func key(_ variable: String, _ reader: inout VariableReader) -> String? {
    reader.optional(
      variable, expected: "1 to 200 printable characters of ASCII without blanks",
      secret: true
    ) { text in
      let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
      return (1...200).contains(text.utf8.count) && isPlain ? text : nil
    }
  }

  /// The store's address alone: the path is that of the bucket.
  private static func bucketEndpoint(_ text: String) -> String? {
    guard let url = siteURL(text), let parts = URLComponents(string: url), parts.path.isEmpty,
      parts.query == nil, parts.fragment == nil, parts.user == nil, parts.password == nil
    else { return nil }
    return url
  }

  private static func bucketPrefix(_ text: String) -> String? {
    let names = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let arePlain = names.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && isObjectName($0) }
    return text.utf8.count <= 200 && arePlain ? text : nil
  }

  private static func isObjectName(_ text: String) -> Bool {
    text.utf8.allSatisfy { isRegionByte($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
  }

  private static func isRegionByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
