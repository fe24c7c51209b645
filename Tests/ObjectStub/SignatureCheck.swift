import COpenSSL
import Foundation

/// Signature Version 4 as its specification tells it, apart from libcurl's.
struct SignatureCheck {
  let accessKey: String
  let secretKey: String
  let region: String

  /// Returns what is wrong with a request's signature; nil if it is right.
  func fault(_ asked: AskedObject) -> String? {
    guard let header = asked.headers["authorization"], let date = asked.headers["x-amz-date"],
      let payload = asked.headers["x-amz-content-sha256"]
    else { return "AccessDenied" }
    let start = "AWS4-HMAC-SHA256 "
    guard header.hasPrefix(start) else { return "AccessDenied" }
    var fields: [String: String] = [:]
    for field in header.dropFirst(start.count).split(separator: ",") {
      let pair = field.drop { $0 == " " }.split(separator: "=", maxSplits: 1).map(String.init)
      if pair.count == 2 { fields[pair[0]] = pair[1] }
    }
    let day = String(date.prefix(8))
    let scope = "\(day)/\(region)/s3/aws4_request"
    guard fields["Credential"] == "\(accessKey)/\(scope)" else { return "InvalidAccessKeyId" }
    guard let names = fields["SignedHeaders"]?.split(separator: ";").map(String.init),
      names == names.sorted(),
      Set(names).isSuperset(of: ["host", "x-amz-date", "x-amz-content-sha256"])
    else { return "AuthorizationHeaderMalformed" }
    guard payload == Self.sha256(asked.body) else { return "XAmzContentSHA256Mismatch" }
    guard let sent = Self.format.date(from: date), abs(sent.timeIntervalSinceNow) < 900 else {
      return "RequestTimeTooSkewed"
    }
    let request = [
      asked.method, asked.path, asked.query.sorted().joined(separator: "&"),
      names.map { "\($0):\(asked.headers[$0] ?? "missing")\n" }.joined(),
      names.joined(separator: ";"), payload,
    ].joined(separator: "\n")
    let text = ["AWS4-HMAC-SHA256", date, scope, Self.sha256(Array(request.utf8))]
      .joined(separator: "\n")
    var key = Array("AWS4\(secretKey)".utf8)
    for part in [day, region, "s3", "aws4_request", text] { key = Self.hmac(part, by: key) }
    return Self.hex(key) == fields["Signature"] ? nil : "SignatureDoesNotMatch"
  }

  private static var format: DateFormatter {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
    return format
  }

  static func sha256(_ bytes: [UInt8]) -> String {
    var hash = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    EVP_Digest(bytes, bytes.count, &hash, &count, EVP_sha256(), nil)
    return hex(hash)
  }

  private static func hmac(_ text: String, by key: [UInt8]) -> [UInt8] {
    let bytes = Array(text.utf8)
    var code = [UInt8](repeating: 0, count: 32)
    var count = 0
    _ = EVP_Q_mac(
      nil, "HMAC", nil, "SHA256", nil, key, key.count, bytes, bytes.count, &code, code.count,
      &count)
    return code
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
  }
}
