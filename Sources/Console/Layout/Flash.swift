import HTTPTypes

import enum Primitives.PercentCoding

/// A message that the next page shows once: what a form has done. The browser carries it in a cookie.
enum Flash {
  private static let cookie = "martlet_message"
  private static let mostBytes = 1000

  /// The cookie's field for a message.
  static func field(_ message: String, isSecure: Bool) -> HTTPField {
    let value = PercentCoding.encode(
      message.utf8.prefix(mostBytes), keeping: PercentCoding.unreserved)
    return field(value: value, age: 60, isSecure)
  }

  /// The field that takes the message away.
  static func cleared(isSecure: Bool) -> HTTPField { field(value: "", age: 0, isSecure) }

  private static func field(value: String, age: Int, _ isSecure: Bool) -> HTTPField {
    HTTPField(
      name: .setCookie,
      value: "\(cookie)=\(value); Path=/console; HttpOnly; SameSite=Lax; Max-Age=\(age)"
        + (isSecure ? "; Secure" : ""))
  }

  /// The message that a request brings; nil for none.
  static func message(_ headers: HTTPFields) -> String? {
    for field in headers[values: .cookie] {
      for pair in field.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == cookie, !parts[1].isEmpty
        else { continue }
        return PercentCoding.decode(parts[1].utf8.prefix(mostBytes * 3), plusIsBlank: false)
      }
    }
    return nil
  }
}
