import Contacts
import Mail

extension Members {
  /// `utmTags`, by the names of its members. Null, an empty text and an empty list count as missing.
  mutating func utm() -> [String: String?]? {
    guard let given = body["utmTags"], given != .null, given != .string(""),
      !given.isEmptyContainer
    else { return nil }
    if given.asObject == nil { refuse("utmTags", "must be an object of texts") }
    var utm: [String: String?] = [:]
    for member in (given.asObject ?? [:]).members {
      if member.value != .null, member.value.text == nil {
        refuse("utmTags", "\(InvalidInput.shown(member.key)) must be a text")
      }
      utm[member.key] = .some(member.value.text)
    }
    return utm
  }

  /// The weight in `variantSettings`. An empty list is what an answer has where there are none.
  mutating func variantWeight() -> Int?? {
    guard let settings = body["variantSettings"], settings != .null, settings != .string(""),
      !settings.isEmptyContainer
    else { return nil }
    if settings.asObject == nil { refuse("variantSettings", "must be an object") }
    guard let weight = settings["weight"] else { return nil }
    if weight.integer == nil, weight != .null, weight != .string("") {
      refuse("variantSettings", "the weight must be a whole number")
    }
    return .some(weight.integer)
  }
}

extension JSONValue {
  /// The parameters of links, as `utmTags`.
  init(_ utm: UTMValues) {
    self = [
      "utmSource": JSONValue(utm.source), "utmMedium": JSONValue(utm.medium),
      "utmCampaign": JSONValue(utm.campaign), "utmContent": JSONValue(utm.content),
    ]
  }
}
