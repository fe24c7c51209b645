/// The reason why a request about an import is refused, or why an import as a whole has failed.
///
/// The error is described in terms of the file and the request; the HTTP status is chosen by the
/// API.
package struct ImportError: Error, Sendable, Hashable, Codable {
  /// The kinds of errors.
  package enum Code: String, Sendable, Codable {
    /// There is no such import.
    case notFound = "not_found"
    /// The request contradicts itself or the current state.
    case invalid = "invalid"
    /// The mapping is missing or invalid (IMP-08, 10…13).
    case mapping = "mapping"
    /// The status of the import does not allow it (IMP-66).
    case conflict = "conflict"
    /// The file is larger than allowed (IMP-03).
    case tooLarge = "too_large"
    /// The file cannot be read: empty, binary, wrong encoding, unbalanced quotes …
    case unreadable = "unreadable_file"
    /// The stream ended early.
    case cutOff = "upload_cut_off"
    /// The stored file is missing (IMP-67).
    case fileNotFound = "file_not_found"
    /// A part of the file could not be imported.
    case part = "part_failed"
    /// No progress for too long (IMP-65).
    case stale = "stale"
  }

  /// A problem with one member of the input.
  package struct Problem: Sendable, Hashable, Codable {
    /// The member, such as `fields` or `defaults.owner`.
    package let field: String
    /// The invalid value.
    package let value: String
    /// The violated rule.
    package let rule: String
  }

  package let code: Code
  /// A message for users.
  package let message: String
  /// The individual problems, for forms that show them beside the field.
  package let problems: [Problem]
  /// The physical line of the file (from 1) at which the problem is, if known.
  package let line: Int?

  /// Creates an error.
  package init(_ code: Code, _ message: String, problems: [Problem] = [], line: Int? = nil) {
    self.code = code
    self.message = message
    self.problems = problems
    self.line = line
  }

  /// Returns the error with what the user should know besides.
  func with(remarks: [String]) -> ImportError {
    ImportError(
      code, ([message] + remarks).joined(separator: "; "), problems: problems, line: line)
  }

  /// Returns an error for a member whose value breaks a rule.
  static func invalid(
    _ field: String, value: String, rule: String, code: Code = .invalid
  ) -> ImportError {
    ImportError(
      code, "\(field): \"\(value)\" \(rule)",
      problems: [Problem(field: field, value: value, rule: rule)])
  }

  /// Returns several problems as one error; nil if there are none.
  static func all(_ problems: [Problem], code: Code) -> ImportError? {
    guard !problems.isEmpty else { return nil }
    let text = problems.map { "\($0.field): \"\($0.value)\" \($0.rule)" }
    return ImportError(code, text.joined(separator: "; "), problems: problems)
  }

  static func noSuchImport(_ id: Int64) -> ImportError {
    ImportError(.notFound, "there is no import \(id)")
  }
}

extension ImportError: CustomStringConvertible {
  package var description: String { message }
}
