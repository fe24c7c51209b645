import Contacts
import Postgres
import Primitives
import Users

/// A contact's related records as JSON.
enum ContactParts {
  /// An object keyed by address; `[]` without addresses.
  static func addresses(_ contact: Contact) -> JSONValue {
    if contact.ipAddresses.isEmpty { return [] }
    return .object(
      JSONObject(
        contact.ipAddresses.map { address in
          (
            address.address,
            [
              "ipAddress": .string(address.address), "id": .int(Int(address.id)),
              "ipDetails": .object(
                JSONObject(placeNames.map { ($0, .string(address.details[$0] ?? "")) })),
            ]
          )
        }))
  }

  private static let placeNames = [
    "city", "region", "zipcode", "country", "latitude", "longitude", "isp", "organization",
    "timezone", "extra",
  ]

  static func tags(_ contact: Contact) -> JSONValue {
    .array(
      contact.tags.map { tag in
        [
          "id": .int(Int(tag.id)), "tag": .string(tag.tag),
          "description": JSONValue(tag.description),
        ]
      })
  }

  static func utmTags(_ contact: Contact) -> JSONValue {
    .array(
      contact.utmTags.map { tag in
        [
          "id": .int(Int(tag.id)), "query": tag.query.map(query) ?? .null,
          "referer": JSONValue(tag.referer), "remoteHost": JSONValue(tag.remoteHost),
          "url": JSONValue(tag.url), "userAgent": JSONValue(tag.userAgent),
          "utmCampaign": JSONValue(tag.campaign), "utmContent": JSONValue(tag.content),
          "utmMedium": JSONValue(tag.medium), "utmSource": JSONValue(tag.source),
          "utmTerm": JSONValue(tag.term),
        ]
      })
  }

  /// The query with its members in the order sent. The database accepts no text that does not parse.
  private static func query(_ stored: JSON) -> JSONValue {
    do { return try JSONParser.parse(stored.bytes) } catch { return .null }
  }

  static func stage(_ contact: Contact) -> JSONValue {
    guard let stage = contact.stage else { return .null }
    return [
      "id": .int(Int(stage.id)), "name": .string(stage.name),
      "category": JSONValue(stage.category), "weight": .int(stage.weight),
      "description": JSONValue(stage.description),
    ]
  }

  static func doNotContact(_ contact: Contact) -> JSONValue {
    .array(
      contact.doNotContact.map { entry in
        [
          "id": .int(Int(entry.id)), "dateAdded": JSONValue(entry.dateAdded),
          "reason": .int(Int(entry.reason.rawValue)), "comments": .string(entry.comments ?? ""),
          "channel": .string(entry.channel), "channelId": JSONValue(entry.channelID),
        ]
      })
  }

  static func frequencyRules(_ contact: Contact) -> JSONValue {
    .array(
      contact.frequencyRules.map { rule in
        [
          "channel": .string(rule.channel), "frequencyNumber": JSONValue(rule.frequencyNumber),
          "frequencyTime": JSONValue(rule.frequencyTime),
          "preferredChannel": .bool(rule.isPreferred),
          "pauseFromDate": JSONValue(rule.pauseFrom), "pauseToDate": JSONValue(rule.pauseTo),
        ]
      })
  }
}

extension JSONValue {
  /// A user in short form, or null.
  init(_ user: UserReference?) {
    guard let user else {
      self = .null
      return
    }
    self = [
      "id": .int(Int(user.id)), "username": .string(user.username),
      "firstName": .string(user.firstName), "lastName": .string(user.lastName),
    ]
  }

  /// JSON that a lower module keeps as it was sent. Its objects have no order of their own: names
  /// are sorted, so that the same value always looks the same. PHP prints an empty one as `[]`.
  init(kept value: Primitives.JSONValue) {
    switch value {
    case .null: self = .null
    case .boolean(let bool): self = .bool(bool)
    case .integer(let number): self = .int(Int(number))
    case .number(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let items): self = .array(items.map { JSONValue(kept: $0) })
    case .object(let members) where members.isEmpty: self = .array([])
    case .object(let members):
      self = .object(
        JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, JSONValue(kept: $0.value)) }))
    }
  }
}
