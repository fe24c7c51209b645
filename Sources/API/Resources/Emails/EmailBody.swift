import Contacts
import Foundation
import Mail

extension EmailInput {
  /// Reads the members of a body (API page, 8.12). Clients send whole entities back, so the form of an answer is
  /// accepted as well.
  init(_ body: JSONValue) throws(APIError) {
    self.init()
    var members = Members(body)
    name = members.text("name")
    description = members.optionalText("description")
    subject = members.text("subject")
    category = members.reference("category")
    type = members.text("emailType").flatMap { $0.isEmpty ? nil : $0 }
    language = members.text("language")
    fromAddress = members.optionalText("fromAddress")
    fromName = members.optionalText("fromName")
    replyTo = members.optionalText("replyToAddress")
    bcc = members.optionalText("bccAddress")
    if body["useOwnerAsMailer"] == .null {
      usesOwner = .some(nil)
    } else if let given = members.truth("useOwnerAsMailer") {
      usesOwner = .some(given)
    }
    preheader = members.optionalText("preheaderText")
    html = members.optionalText("customHtml")
    plainText = members.optionalText("plainText")
    template = members.optionalText("template")
    publicPreview = members.truth("publicPreview")
    isPublished = members.truth("isPublished")
    publishUp = members.date("publishUp")
    publishDown = members.date("publishDown")
    unsubscribeForm = members.reference("unsubscribeForm")
    preferenceCenter = members.reference("preferenceCenter")
    variantParent = members.reference("variantParent")
    translationParent = members.reference("translationParent")
    if let settings = body["variantSettings"], settings != .null, settings != .string("") {
      if settings.asObject == nil { members.refuse("variantSettings", "must be an object") }
      if let weight = settings["weight"] {
        variantWeight = .some(weight.integer)
        if weight.integer == nil, weight != .null, weight != .string("") {
          members.refuse("variantSettings", "the weight must be a whole number")
        }
      }
      if let criteria = settings["winnerCriteria"] {
        winnerCriteria = criteria == .null ? "" : criteria.text
        if winnerCriteria == nil {
          members.refuse("variantSettings", "the winnerCriteria must be a text")
        }
      }
    }
    utm = Self.utm(body["utmTags"], &members)
    headers = Self.headers(body["headers"], &members)
    if let given = body["dynamicContent"], given != .null {
      if given != .string(""), given.elements == nil {
        members.refuse("dynamicContent", "must be a list")
      }
      dynamicContent = given.elements == nil ? .array([]) : given.kept
    }
    segments = Self.ids(body["lists"], "lists", &members)
    excludedSegments = Self.ids(body["excludedLists"], "excludedLists", &members)
    assets = Self.ids(body["assetAttachments"], "assetAttachments", &members)
    try members.finish()
  }

  private static func utm(_ given: JSONValue?, _ members: inout Members) -> [String: String?]? {
    guard let given, given != .null, given != .string("") else { return nil }
    guard let object = given.asObject else {
      members.refuse("utmTags", "must be an object of texts")
      return nil
    }
    var tags: [String: String?] = [:]
    for member in object.members {
      if member.value != .null, member.value.text == nil {
        members.refuse("utmTags", "\(InvalidInput.shown(member.key)) must be a text")
      }
      tags[member.key] = .some(member.value.text)
    }
    return tags
  }

  private static func headers(_ given: JSONValue?, _ members: inout Members) -> [String: String]? {
    guard let given, given != .null, given != .string("") else { return nil }
    guard let object = given.asObject else {
      members.refuse("headers", "must be an object of texts")
      return nil
    }
    var headers: [String: String] = [:]
    for member in object.members {
      guard let text = member.value.text else {
        members.refuse("headers", "\(InvalidInput.shown(member.key)) must be a text")
        continue
      }
      headers[member.key] = text
    }
    return headers
  }

  /// Ids, or objects with ids.
  private static func ids(
    _ given: JSONValue?, _ name: String, _ members: inout Members
  ) -> [Int64]? {
    guard let given, given != .null else { return nil }
    if given == .string("") { return [] }
    guard let items = given.elements else {
      members.refuse(name, "must be a list of ids")
      return nil
    }
    var ids: [Int64] = []
    for item in items {
      guard let id = (item["id"] ?? item).integer, id > 0 else {
        members.refuse(name, "must be a list of ids")
        return nil
      }
      ids.append(Int64(id))
    }
    return ids
  }
}
