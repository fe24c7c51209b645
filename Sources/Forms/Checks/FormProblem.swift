/// A value that a form does not accept, as the visitor is told.
package struct FormProblem: Sendable, Equatable {
  /// The alias of the field.
  package var alias: String
  /// The message.
  package var message: String

  package init(_ alias: String, _ message: String) {
    self.alias = alias
    self.message = message
  }
}

/// A submission that a form does not accept: nothing was saved (FRM-03).
package struct FormRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems, one per field, in the order of the fields.
  package var problems: [FormProblem]

  package init(_ problems: [FormProblem]) { self.problems = problems }

  package var description: String {
    problems.map { "\($0.alias): \($0.message)" }.joined(separator: ", ")
  }
}
