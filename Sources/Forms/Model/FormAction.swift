package import Primitives

/// What is done after a submission.
package struct FormAction: Sendable, Identifiable, Equatable {
  /// The action's id.
  package var id: Int64
  /// The name.
  package var name: String
  /// The description, HTML.
  package var description: String?
  /// The type: one of ``FormActionType``, or one of a plugin, which is kept and not done.
  package var type: String
  /// The position among the actions, as sent.
  package var order: Int
  /// The properties, as sent.
  package var properties: JSONValue
}

/// The types of actions (points-stages-forms.md 3.2).
package enum FormActionType: String, Sendable, CaseIterable {
  case downloadAsset = "asset.download"
  case sendEmail = "email.send.lead"
  case sendEmailToUser = "email.send.user"
  case mailResults = "form.email"
  case repost = "form.repost"
  case recordUTM = "lead.addutmtags"
  case changeSegments = "lead.changelist"
  case changeTags = "lead.changetags"
  case changePoints = "lead.pointschange"
  case removeDoNotContact = "lead.remove_do_not_contact"
  case scoreCompanies = "lead.scorecontactscompanies"

  /// The name in plain text.
  package var label: String {
    switch self {
    case .downloadAsset: "Download an asset"
    case .sendEmail: "Send an email to the contact"
    case .sendEmailToUser: "Send an email to a user"
    case .mailResults: "Send the results by email"
    case .repost: "Post the results to another form"
    case .recordUTM: "Record UTM tags"
    case .changeSegments: "Modify contact's segments"
    case .changeTags: "Modify contact's tags"
    case .changePoints: "Adjust a contact's points"
    case .removeDoNotContact: "Remove from do not contact"
    case .scoreCompanies: "Add to the score of companies"
    }
  }
}
