/// Input that violates rules, with the problems by member. Nothing was changed.
package struct InvalidInput: Error, Sendable, Equatable, CustomStringConvertible {
  /// A problem with one member.
  package struct Problem: Sendable, Equatable {
    /// The member's name on the wire.
    package var member: String
    /// The violated rule, with the value.
    package var message: String

    package init(member: String, message: String) {
      self.member = member
      self.message = message
    }
  }

  /// The problems in the order of the checks; never empty.
  package var problems: [Problem]

  package init(_ member: String, _ message: String) {
    problems = [Problem(member: member, message: message)]
  }

  /// `type: "x" is none of …, text: …`
  package var description: String {
    problems.map { "\($0.member): \($0.message)" }.joined(separator: ", ")
  }

  /// Returns a value as shown in messages: its beginning.
  package static func shown(_ value: String) -> String {
    let beginning = value.prefix(60)
    return "\"\(beginning)\(beginning.endIndex < value.endIndex ? "…" : "")\""
  }
}
