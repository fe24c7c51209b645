package import Contacts
package import Foundation
package import Postgres

/// Where the members of segments that filters name come from.
package enum ReferenceMode: Sendable {
  /// Their stored members: right where segments are evaluated in the order of their dependence.
  case stored
  /// Their own filters with who was added and removed by hand (SEG-82).
  case inlined
}

/// Filters as one condition of SQL.
package struct CompiledSegment: Sendable {
  /// A condition on `contacts AS c` that is true or false for every contact, never null.
  package let condition: SQL
  /// What changes of a contact can change the answer.
  package let reads: Set<ChangeTopic>
  /// When the calendar alone can next change an answer; `nil` if it never does.
  package let nextChange: Date?
  /// The segments that the filters name themselves.
  package let references: Set<Int64>
}

/// Why filters cannot be evaluated. The members of their segment stay as they are.
package enum CompileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A field does not exist any more (SEG-86).
  case missingField(String)
  /// A segment does not exist any more (SEG-86).
  case missingSegment(Int64)
  /// Segments refer to each other in a circle (SEG-85).
  case circular([Int64])
  /// A filter that could never have been saved.
  case invalid(FilterProblem)

  /// What is recorded as the reason.
  package var description: String {
    switch self {
    case .missingField(let name): "the field “\(name)” does not exist"
    case .missingSegment(let id): "the segment \(id) does not exist"
    case .circular(let path):
      "circular reference: " + path.map(String.init).joined(separator: " → ")
    case .invalid(let problem): "\(problem)"
    }
  }
}
