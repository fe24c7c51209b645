package import Foundation

/// A submission of a form as it was sent.
package struct FormRequest: Sendable {
  /// The form's id.
  package var form: Int64
  /// The values by alias of the fields.
  package var values: [String: [String]]
  /// The files that came, by alias.
  package var uploads: [String: FormUpload]
  /// The token of this submission: a second one with it is the same, sent again (FRM-09).
  package var token: String?
  /// The solution of the form's challenge, where it has one.
  package var solution: String?
  /// Whether the visitor agreed to what the form asks for.
  package var agrees: Bool
  /// The address of the page that showed the form.
  package var page: String?
  /// The browser.
  package var visit: FormVisit
  /// The instant at which it arrived.
  package var at: Date

  package init(
    form: Int64, values: [String: [String]], uploads: [String: FormUpload] = [:],
    token: String? = nil, solution: String? = nil,
    agrees: Bool = false, page: String? = nil, visit: FormVisit, at: Date
  ) {
    self.form = form
    self.values = values
    self.uploads = uploads
    self.token = token
    self.solution = solution
    self.agrees = agrees
    self.page = page
    self.visit = visit
    self.at = at
  }
}

/// A submission that was accepted.
package struct FormReceipt: Sendable, Equatable {
  /// The form.
  package var form: Form
  /// The submission's id.
  package var submission: Int64
  /// The contact that it belongs to.
  package var contact: Int64
  /// The stored values by alias.
  package var results: [String: String]
  /// The visitor, where the browser is tracked.
  package var visitor: FormVisitor?
  /// The files that it keeps.
  package var files: Set<Int64> = []
  /// Whether the same submission was accepted before.
  package var isRepeat = false
}
