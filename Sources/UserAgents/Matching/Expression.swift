import CPCRE2

/// What may stand before a match.
enum ExpressionBoundary: Sendable {
  /// Anything.
  case none
  /// No letter and no dash; for the rules that look at the whole text.
  case word
  /// No letter, digit or dash: what the lists are written for.
  case list

  fileprivate func around(_ pattern: String) -> String {
    switch self {
    case .none: pattern
    case .word: "(?:^|[^A-Z_-])(?:\(pattern))"
    case .list: "(?:^|[^A-Z0-9_-]|[^A-Z0-9-]_|sprd-|MZ-)(?:\(pattern))"
    }
  }
}

/// A compiled regular expression over bytes; letters of ASCII match in either case.
///
/// `@unchecked Sendable`: PCRE2 never changes compiled code, and any number of threads may match
/// with it, each with memory of its own.
final class Expression: @unchecked Sendable {
  private let code: OpaquePointer

  /// Compiles an expression.
  ///
  /// - Parameter isFast: Whether machine code is made of it, which takes ten times as long.
  /// - Throws: ``AgentDataError`` if the pattern is not one of PCRE2's.
  init(
    _ pattern: String, _ boundary: ExpressionBoundary, isFast: Bool
  ) throws(AgentDataError) {
    var problem: Int32 = 0
    var place = 0
    let bytes = Array(boundary.around(pattern).utf8)
    let options = PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C
    guard let code = pcre2_compile_8(bytes, bytes.count, options, &problem, &place, nil) else {
      throw AgentDataError(
        "\"\(pattern.prefix(80))\" is no regular expression: \(Self.message(problem)), at \(place)")
    }
    self.code = code
    // Where no machine code can be made, PCRE2 interprets the pattern under the same limits.
    if isFast { _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE) }
  }

  deinit { pcre2_code_free_8(code) }

  /// Returns the groups of the first match in a text, the whole match first; `nil` if there is none
  /// or a limit was reached, which `memory` counts.
  func match(_ text: [UInt8], with memory: MatchMemory) -> AgentMatch? {
    memory.attempts += 1
    let count = pcre2_match_8(code, text, text.count, 0, 0, memory.data, memory.context)
    guard count >= 0 else {
      if count != PCRE2_ERROR_NOMATCH { memory.failures += 1 }
      return nil
    }
    guard let places = pcre2_get_ovector_pointer_8(memory.data) else { return nil }
    let groups = count == 0 ? MatchMemory.groups : Int(count)
    return AgentMatch(
      groups: (0..<groups).map { group in
        let (start, end) = (Int(places[2 * group]), Int(places[2 * group + 1]))
        return start >= 0 && start <= end && end <= text.count ? text[start..<end] : []
      })
  }

  private static func message(_ problem: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = pcre2_get_error_message_8(problem, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }
}

/// A match of an expression.
struct AgentMatch {
  /// The groups, the whole match first; a group that took no part is empty.
  let groups: [ArraySlice<UInt8>]

  /// A group's text; empty for one that does not exist.
  subscript(group: Int) -> String {
    groups.indices.contains(group) ? String(decoding: groups[group], as: UTF8.self) : ""
  }

  /// Returns a template with the groups in place of `$1` to `$9`, without blanks at its ends.
  func fill(_ template: String) -> String {
    guard template.utf8.contains(UInt8(ascii: "$")) else { return Self.trim(template) }
    var result = ""
    var rest = Substring(template)
    while let mark = rest.firstIndex(of: "$") {
      result += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      if let digit = rest.first?.wholeNumberValue, (1...9).contains(digit) {
        result += self[digit]
        rest = rest.dropFirst()
      } else {
        result += "$"
      }
    }
    return Self.trim(result + rest)
  }

  /// Returns a template filled in as a version: points for underscores, none at the ends.
  func version(_ template: String, parts: Int?) -> String {
    let text = fill(template).replacing("_", with: ".")
    return Self.trim(VersionText.cut(text, parts: parts), also: ".")
  }

  /// Returns a template filled in as a model.
  func model(_ template: String) -> String {
    var text = fill(template).replacing("_", with: " ")
    if text.lowercased().hasSuffix(" td") { text = String(text.dropLast(3)) }
    return text == "Build" ? "" : Self.trim(text)
  }

  static func trim(_ text: String, also other: Character = " ") -> String {
    let isOutside: (Character) -> Bool = { $0.isWhitespace || $0 == other }
    return String(text.drop(while: isOutside).reversed().drop(while: isOutside).reversed())
  }
}
