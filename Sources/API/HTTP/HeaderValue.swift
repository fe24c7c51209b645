import Primitives

/// A header value with parameters, such as `multipart/form-data; boundary="x"`.
struct HeaderValue: Sendable, Equatable {
  /// The part before the first semicolon, in lower case.
  var value: String
  /// The parameters; names in lower case, quotes removed.
  var parameters: [String: String] = [:]

  init(_ text: String) {
    var rest = Substring(text)
    value = Self.take(&rest).trimmingBlanks.lowercased()
    while !rest.isEmpty {
      let name = Self.take(&rest, stopAt: "=").trimmingBlanks.lowercased()
      let isAtValue = rest.first == "="
      if isAtValue { rest.removeFirst() }
      let value = isAtValue ? Self.takeValue(&rest) : ""
      if !name.isEmpty, parameters[name] == nil { parameters[name] = value }
      if rest.first == ";" { rest.removeFirst() }
    }
  }

  /// A parameter in the form of RFC 5987: `filename*=UTF-8''na%C3%AFve.csv`.
  func extended(_ name: String) -> String? {
    guard let encoded = parameters[name + "*"] else { return nil }
    let parts = encoded.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
    return PercentCoding.decode(parts[2].utf8, plusIsBlank: false)
  }

  /// Takes up to a semicolon, which is removed, or up to another mark, which stays.
  private static func take(_ rest: inout Substring, stopAt mark: Character = ";") -> String {
    let end = rest.firstIndex { $0 == ";" || $0 == mark } ?? rest.endIndex
    let taken = String(rest[..<end])
    rest = rest[end...]
    if rest.first == ";" { rest.removeFirst() }
    return taken
  }

  private static func takeValue(_ rest: inout Substring) -> String {
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    guard rest.first == "\"" else {
      let end = rest.firstIndex(of: ";") ?? rest.endIndex
      defer { rest = rest[end...] }
      return String(rest[..<end]).trimmingBlanks
    }
    rest.removeFirst()
    var value = ""
    while let character = rest.popFirst(), character != "\"" {
      // Only a quote and a backslash are escaped by clients that escape at all; a Windows path
      // keeps its backslashes.
      if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
        value.append(rest.removeFirst())
      } else {
        value.append(character)
      }
    }
    let end = rest.firstIndex(of: ";") ?? rest.endIndex
    rest = rest[end...]
    return value
  }
}
