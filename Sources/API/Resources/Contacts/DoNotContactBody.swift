import Contacts
import Primitives

/// Reads do-not-contact entries.
enum DoNotContactBody {
  /// `{channel, reason, comments, channelId}`; reason 0 removes.
  static func entry(_ value: JSONValue) throws(APIError) -> ContactInput.DoNotContactEntry {
    guard value.asObject != nil else {
      throw .validation([("doNotContact", ["an entry must be an object"])])
    }
    let text = value["channel"].flatMap { $0 == .null ? nil : $0 }
    guard let channel = ChannelName.clean(text?.text ?? (text == nil ? "email" : "")) else {
      throw .validation([
        ("doNotContact.channel", ["\(ContactBody.shown(text ?? .null)): not a channel"])
      ])
    }
    let reason = try reason(value["reason"], allowsNone: true)
    return .init(
      channel: channel, reason: reason, comments: try comments(value["comments"]),
      channelID: value["channelId"]?.integer.map { Int64($0) })
  }

  /// The reason 1, 2 or 3; 3 by default.
  static func reason(
    _ value: JSONValue?, allowsNone: Bool
  ) throws(APIError) -> DoNotContactReason? {
    guard let value, value != .null, value.text?.isEmpty != true else { return .manual }
    if allowsNone, value.integer == 0 { return nil }
    guard let number = value.integer.flatMap(Int16.init(exactly:)),
      let reason = DoNotContactReason(rawValue: number)
    else {
      throw .validation([
        (
          "reason",
          ["\(ContactBody.shown(value)): not one of 1 (unsubscribed), 2 (bounced), 3 (manual)"]
        )
      ])
    }
    return reason
  }

  /// The comment on an entry.
  static func comments(_ value: JSONValue?) throws(APIError) -> String? {
    guard let text = value?.text else { return nil }
    return try BoundedText.plain(text, "comments", limit: 10_000)
  }
}
