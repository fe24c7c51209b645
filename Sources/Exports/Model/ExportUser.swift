package import Users

/// A user who requests or manages exports.
package struct ExportUser: Sendable {
  /// The user; without an id the operator of the installation.
  package var author: Author
  /// Whether the user may use the exports of others (EXP-04, EXP-08).
  package var isAdministrator: Bool

  package init(_ author: Author, isAdministrator: Bool = false) {
    self.author = author
    self.isAdministrator = isAdministrator
  }

  /// The operator at the command line, who has the database password.
  package static let system = ExportUser(
    .commandLine, isAdministrator: true)

  /// Returns whether the user may view, download and cancel an export.
  func mayUse(_ export: Export) -> Bool {
    isAdministrator || (author.id != nil && export.createdBy == author.id)
  }
}
