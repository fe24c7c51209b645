/// Input that breaks rules, with what is wrong by member. Nothing was changed.
public struct InvalidInput: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with one member.
  public struct Problem: Sendable, Equatable {
    /// The member's name on the wire.
    public var member: String
    /// The rule that it breaks, with the value.
    public var message: String

    /// A problem.
    public init(member: String, message: String) {
      self.member = member
      self.message = message
    }
  }

  /// What is wrong, in the order of checking; never empty.
  public var problems: [Problem]

  /// One problem.
  public init(_ member: String, _ message: String) {
    problems = [Problem(member: member, message: message)]
  }

  /// `type: "x" is none of …, text: …`
  public var description: String {
    problems.map { "\($0.member): \($0.message)" }.joined(separator: ", ")
  }

  /// A value as a message shows it: its beginning.
  public static func shown(_ value: String) -> String {
    let beginning = value.prefix(60)
    return "\"\(beginning)\(beginning.endIndex < value.endIndex ? "…" : "")\""
  }
}
