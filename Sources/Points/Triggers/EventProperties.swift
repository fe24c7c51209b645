import Contacts
import Foundation
import Primitives

/// Validates the properties of trigger events: what could only fail when the event fires is refused when it is
/// saved (points-stages-forms.md 1.6).
enum EventProperties {
  /// Checks the properties of an event.
  ///
  /// - Parameter member: The name of the event in errors.
  /// - Throws: `InvalidInput` naming the property.
  static func check(
    _ type: PointTriggerEventType, _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) {
    let member = "\(member).properties"
    switch type {
    case .changeSegments, .changeCampaigns, .changeTags, .changeStage:
      try MembershipEvents.check(type, properties, member)
    case .sendEmail: try email(properties["email"], "\(member).email")
    case .sendEmailToUser: try notice(properties, member)
    case .webhook:
      let problems = WebhookRules.problems(properties)
      guard let first = problems.first else { return }
      var input = InvalidInput("\(member).\(first.member)", first.message)
      input.problems = problems.map {
        .init(member: "\(member).\($0.member)", message: $0.message)
      }
      throw input
    }
  }

  /// Checks that an e-mail is named; it need not exist.
  private static func email(_ value: JSONValue?, _ member: String) throws(InvalidInput) {
    guard let id = value?.int, id > 0 else {
      throw InvalidInput(member, "is required: the number of an e-mail")
    }
  }

  /// Whether the owner of the contact is notified.
  static func isToOwner(_ properties: JSONValue) -> Bool {
    BooleanWord.parse(properties["to_owner"]?.text ?? "") ?? false
  }

  /// Checks a message about the contact to users, its owner, or further addresses.
  private static func notice(_ properties: JSONValue, _ member: String) throws(InvalidInput) {
    let nested = properties["useremail"]?["email"]
    try email(
      nested ?? properties["email"],
      nested == nil && properties["email"] != nil
        ? "\(member).email" : "\(member).useremail")
    if let value = properties["to_owner"], value != .null, value.text != "",
      BooleanWord.parse(value.text ?? "-") == nil
    {
      throw InvalidInput(
        "\(member).to_owner",
        "\(InvalidInput.shown(value.text ?? "")) is neither true nor false")
    }
    let users = try (properties["user_id"] ?? .null).ids("\(member).user_id")
    var hasAddress = false
    for name in ["to", "cc", "bcc"] {
      for part in (properties[name]?.text ?? "").split(separator: ",") {
        let text = part.trimmingBlanks()
        guard !text.isEmpty else { continue }
        // A token may become an address.
        guard text.contains("{") || EmailAddress.isValid(text) else {
          throw InvalidInput(
            "\(member).\(name)", "\(InvalidInput.shown(text)) is neither an address nor a token")
        }
        hasAddress = true
      }
    }
    if users.isEmpty, !isToOwner(properties), !hasAddress {
      throw InvalidInput("\(member).user_id", "nobody is to get the e-mail")
    }
  }
}
