package import Contacts
package import Foundation
import Postgres
import Primitives
package import Query

/// A form on a website, by which visitors send what they fill in (points-stages-forms.md 3).
package struct Form: Sendable, Identifiable, Equatable {
  /// The form's id.
  package var id: Int64
  /// The number of changes to it, its fields and its actions.
  package var version: Int64
  /// What is written of the form itself.
  package var values: FormValues
  /// The fields, in order.
  package var fields: [FormField]
  /// The actions after a submission, in order.
  package var actions: [FormAction]
  /// The category it is filed under.
  package var category: Category?
  /// The dates of creation and last change.
  package var dates: RecordDates

  /// The name in ids and hooks of its markup: the alias in letters and digits alone (tracking.md 12).
  package var markupName: String { values.alias.filter { $0.isLetter || $0.isNumber } }

  /// The field with an alias, or `nil`.
  package func field(_ alias: String) -> FormField? { fields.first { $0.alias == alias } }

  /// The actions in the order in which they are done.
  package var orderedActions: [FormAction] {
    actions.enumerated().sorted {
      ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
    }.map(\.element)
  }

  /// The fields in the order in which a page shows them.
  package var shownFields: [FormField] {
    fields.enumerated().sorted {
      ($0.element.settings.order, $0.offset) < ($1.element.settings.order, $1.offset)
    }.map(\.element)
  }
}

/// The values of a form itself, without its fields and actions.
package struct FormValues: Sendable, Equatable {
  /// The name.
  package var name: String
  /// The name in markup and programs; unique, and never changed.
  package var alias: String
  /// The description, HTML.
  package var description: String?
  /// The category it is filed under.
  package var category: Int64?
  /// Whether it stands alone or was made for campaigns.
  package var kind = FormKind.standalone
  /// What a visitor sees after a submission.
  package var postAction = FormPostAction.return
  /// The address or the message of ``postAction``.
  package var postActionProperty: String?
  /// The instant from which it is in use.
  package var publishUp: Date?
  /// The instant until which it is in use.
  package var publishDown: Date?
  /// Whether it is published.
  package var isPublished = true
  /// How it is shown and protected.
  package var settings = FormSettings()

  /// Why the form takes no submissions at an instant; `nil` if it does.
  package func closure(at instant: Date) -> FormClosure? {
    if !isPublished { return .unpublished }
    if let publishUp, publishUp > instant { return .pending }
    if let publishDown, publishDown <= instant { return .expired }
    return nil
  }
}

/// The kinds of forms.
package enum FormKind: String, Sendable, CaseIterable {
  case standalone, campaign
}

/// What a visitor sees after a submission (tracking.md 12).
package enum FormPostAction: String, Sendable, CaseIterable {
  /// The page of the form again.
  case `return`
  /// Another address.
  case redirect
  /// A message.
  case message
}

/// Why a form takes no submissions (FRM-10).
package enum FormClosure: String, Error, Sendable, CustomStringConvertible {
  /// There is no such form.
  case unknown
  /// It is not published.
  case unpublished
  /// Its window has not opened.
  case pending
  /// Its window has closed.
  case expired

  /// The reason in words for visitors.
  package var description: String {
    switch self {
    case .unknown, .unpublished: "This form is not available."
    case .pending: "This form is not available yet."
    case .expired: "This form is not available any more."
    }
  }
}

extension ListQuery {
  /// The list of forms; its conditions refer to the table `forms` by that name.
  package static let forms = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "forms"), QueryColumn("name", .text, of: "forms"),
      QueryColumn("alias", .text, of: "forms"), QueryColumn("description", .text, of: "forms"),
      QueryColumn("category_id", .integer, of: "forms", otherNames: ["category"]),
      QueryColumn("form_type", .text, of: "forms"), QueryColumn("post_action", .text, of: "forms"),
      QueryColumn("post_action_property", .text, of: "forms"),
      QueryColumn("publish_up", .instant, of: "forms"),
      QueryColumn("publish_down", .instant, of: "forms"),
      QueryColumn("lang", .text, sql: "forms.settings ->> 'language'", otherNames: ["language"]),
    ] + published("forms"),
    mainColumns: ["name", "description"],
    commands: [
      "has": { text, _ in
        guard text.value.lowercased() == "results" else { return .nothing }
        return .when("EXISTS (SELECT FROM form_submissions s WHERE s.form_id = forms.id)")
      }
    ])
}
