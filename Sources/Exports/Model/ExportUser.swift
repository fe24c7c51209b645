package import Users

/// Who asks something of exports.
package struct ExportUser: Sendable {
  /// The user; without a number the operator of the installation.
  package var author: Author
  /// Whether the exports of others are theirs too (EXP-04, EXP-08).
  package var isAdministrator: Bool

  package init(_ author: Author, isAdministrator: Bool = false) {
    self.author = author
    self.isAdministrator = isAdministrator
  }

  /// The operator at the command line, who holds the database's password.
  package static let system = ExportUser(
    Author(id: nil, name: "Command line"), isAdministrator: true)

  /// Whether an export is theirs to see, to fetch and to end.
  func mayUse(_ export: Export) -> Bool {
    isAdministrator || (author.id != nil && export.createdBy == author.id)
  }
}
