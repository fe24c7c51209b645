package import Foundation
import Postgres
import Primitives
package import Query

/// What a visitor sent by a form.
package struct FormSubmission: Sendable, Identifiable, Equatable {
  /// The submission's id.
  package var id: Int64
  /// The form.
  package var form: Int64
  /// The contact that it belongs to.
  package var contact: Int64
  /// The instant at which it arrived.
  package var date: Date
  /// The address from which it came.
  package var address: String?
  /// The landing page that showed the form.
  package var page: Int64?
  /// The tracked device.
  package var trackingID: String?
  /// The address of the page that showed the form; empty if it is not known.
  package var referer: String
  /// The stored values by alias, as text.
  package var results: [String: String]
  /// The ids of its files by alias; their names are among the values.
  package var files: [String: Int64]
  /// What the visitor agreed to, if the form asked for it.
  package var consent: String?
  /// The instant at which it was confirmed by a link.
  package var confirmedAt: Date?
}

extension ListQuery {
  /// Returns the list of submissions of a form; its conditions refer to the table `form_submissions` by that name. The
  /// values of the form's fields are columns `r.alias`.
  package static func submissions(of form: Form) -> ListQuery {
    var columns = [
      QueryColumn("id", .integer, of: "form_submissions"),
      QueryColumn("contact_id", .integer, of: "form_submissions", otherNames: ["lead_id", "lead"]),
      QueryColumn(
        "date_submitted", .instant, of: "form_submissions", otherNames: ["date", "date_added"]),
      QueryColumn("referer", .text, of: "form_submissions"),
      QueryColumn("page_id", .integer, of: "form_submissions", otherNames: ["page"]),
      QueryColumn("tracking_id", .text, of: "form_submissions"),
    ]
    let own = Set(columns.map(\.name))
    columns += form.fields.filter { $0.type.isInput && !own.contains($0.alias) }.map { field in
      QueryColumn(
        field.alias, .text, sql: "(form_submissions.results ->> \(field.alias))")
    }
    return ListQuery(columns: columns, mainColumns: ["referer"])
  }
}
