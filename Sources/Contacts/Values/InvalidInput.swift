/// Input that breaks rules, with what is wrong by member. Nothing was changed.
package struct InvalidInput: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with one member.
  package struct Problem: Sendable, Equatable {
    /// The member's name on the wire.
    package var member: String
    /// The rule that it breaks, with the value.
    package var message: String

    package init(member: String, message: String) {
      self.member = member
      self.message = message
    }
  }

  /// What is wrong, in the order of checking; never empty.
  package var problems: [Problem]

  package init(_ member: String, _ message: String) {
    problems = [Problem(member: member, message: message)]
  }

  /// `type: "x" is none of …, text: …`
  package var description: String {
    problems.map { "\($0.member): \($0.message)" }.joined(separator: ", ")
  }

  /// A value as a message shows it: its beginning.
  package static func shown(_ value: String) -> String {
    let beginning = value.prefix(60)
    return "\"\(beginning)\(beginning.endIndex < value.endIndex ? "…" : "")\""
  }
}
