package import Contacts
package import Foundation
package import Postgres

/// The source of the members of segments that filters reference.
package enum ReferenceMode: Sendable {
  /// Their stored members: correct where segments are evaluated in order of dependency.
  case stored
  /// Their own filters, with manual additions and removals (SEG-82).
  case inlined
}

/// Filters compiled to one SQL condition.
package struct CompiledSegment: Sendable {
  /// A condition on `contacts AS c` that is true or false for every contact, never null.
  package let condition: SQL
  /// The contact changes that can change the result.
  package let reads: Set<ChangeTopic>
  /// The next instant at which the calendar alone can change a result; `nil` if it never does.
  package let nextChange: Date?
  /// The segments that the filters reference directly.
  package let references: Set<Int64>
}

/// The reason why filters cannot be evaluated. The segment's members stay as they are.
package enum CompileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A field no longer exists (SEG-86).
  case missingField(String)
  /// A segment no longer exists (SEG-86).
  case missingSegment(Int64)
  /// Segments reference each other in a cycle (SEG-85).
  case circular([Int64])
  /// A filter that could not have been saved.
  case invalid(FilterProblem)

  /// The recorded reason.
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
