import Foundation
import Mail
import Query
import Users

/// `/api/emails`: the ten standard endpoints (API page, 8.12).
struct EmailResource: StandardResource {
  let emails: EmailStore
  let editor: EmailEditor
  let pageCap: Int

  let path = "/api/emails"
  let areas = [PermissionArea.emails]
  let record: OwnedRecord? = .email
  let names = (one: "email", many: "emails")
  let shape = ListShape.keyedByID()

  var entitySchema: Schema {
    """
    @published id:id name:text subject:text language:text category:ShortCategory? fromAddress:text? \
    fromName:text? replyToAddress:text? bccAddress:text? useOwnerAsMailer:truth? utmTags:UtmTags \
    preheaderText:text? customHtml:text? plainText:text? template:text? emailType:text publishUp:date? \
    publishDown:date? publicPreview:truth readCount:integer machineReadCount:integer sentCount:integer \
    revision:integer assetAttachments:integer[] variantStartDate:date? variantSentCount:integer \
    variantReadCount:integer variantParent:integer? variantChildren:integer[] translationParent:integer? \
    translationChildren:integer[] unsubscribeForm:integer? dynamicContent:any lists:ShortSegment[] \
    headers:map clickCount:integer machineClickCount:integer uniqueClickCount:integer \
    unsubscribedCount:integer bouncedCount:integer failedCount:integer description:text? \
    preferenceCenter:integer? excludedLists:integer[] variantSettings:any
    """
  }
  var required: [String] { ["name", "subject"] }
  var example: JSONObject? {
    ["name": "Spring", "subject": "It is spring", "customHtml": "<p>Hello</p>"]
  }
  func readBody(_ body: JSONValue) throws { _ = try EmailInput(body) }

  func list(_ request: APIRequest) async throws -> (entities: [Email], total: Int) {
    let page = try await request.page(of: .emails, cap: pageCap) { paging, condition, order in
      try await emails.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    return (page.emails, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Email? {
    try await emails.email(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Email, isNew: Bool) {
    (try await editor.create(EmailInput(body), by: try request.requiredUser.author), true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Email? {
    try await editor.update(
      id, EmailInput(body), replacing: replacing, by: try request.requiredUser.author)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Email? {
    try await editor.delete(id, by: try request.requiredUser.author)
  }

  func id(of email: Email) -> Int64 { email.id }

  func json(_ email: Email, _ request: APIRequest) -> JSONValue {
    let values = email.values
    return .object(
      JSONObject(isPublished: values.isPublished, email.dates).with([
        "id": .int(Int(email.id)), "name": .string(values.name),
        "subject": .string(values.subject), "language": .string(values.language),
        "category": JSONValue(email.categoryRecord), "fromAddress": JSONValue(values.fromAddress),
        "fromName": JSONValue(values.fromName), "replyToAddress": JSONValue(values.replyTo),
        "bccAddress": JSONValue(values.bcc), "useOwnerAsMailer": JSONValue(values.usesOwner),
        "utmTags": JSONValue(values.utm),
        "preheaderText": JSONValue(values.preheader), "customHtml": JSONValue(values.html),
        "plainText": JSONValue(values.plainText), "template": JSONValue(values.template),
        "emailType": .string(values.type.rawValue), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown), "publicPreview": .bool(values.publicPreview),
        "readCount": .int(email.counters.read),
        "machineReadCount": .int(email.counters.machineRead),
        "sentCount": .int(email.counters.sent),
        "revision": .int(email.revision), "assetAttachments": Self.ids(values.assets),
        "variantStartDate": JSONValue(email.variantStart),
        "variantSentCount": .int(email.counters.variantSent),
        "variantReadCount": .int(email.counters.variantRead),
        "variantParent": JSONValue(values.variantParent),
        "variantChildren": Self.ids(email.variants),
        "translationParent": JSONValue(values.translationParent),
        "translationChildren": Self.ids(email.translations),
        "unsubscribeForm": JSONValue(values.unsubscribeForm),
        "dynamicContent": DynamicContentView.json(values.dynamicContent),
        "lists": .array(email.segmentRecords.map(JSONValue.init(short:))),
        "headers": values.headers.isEmpty
          ? []
          : .object(
            JSONObject(
              values.headers.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
      ]).with(Self.own(email)))
  }

  /// Martlet's own members: further counters, and what else is written.
  private static func own(_ email: Email) -> JSONObject {
    let (counters, values) = (email.counters, email.values)
    return [
      "clickCount": .int(counters.clicks), "machineClickCount": .int(counters.machineClicks),
      "uniqueClickCount": .int(counters.uniqueClicks),
      "unsubscribedCount": .int(counters.unsubscribed), "bouncedCount": .int(counters.bounced),
      "failedCount": .int(counters.failed), "description": JSONValue(values.description),
      "preferenceCenter": JSONValue(values.preferenceCenter),
      "excludedLists": ids(values.excludedSegments),
      "variantSettings": [
        "weight": JSONValue(values.variantWeight),
        "winnerCriteria": JSONValue(values.winnerCriteria?.rawValue),
      ],
    ]
  }

  private static func ids(_ ids: [Int64]) -> JSONValue { .array(ids.map { .int(Int($0)) }) }
}

extension JSONValue {
  /// A segment in short form (API page, section 4).
  init(short segment: SegmentSummary) {
    self = [
      "id": .int(Int(segment.id)), "name": .string(segment.name),
      "publicName": .string(segment.publicName), "alias": .string(segment.alias),
      "description": JSONValue(segment.description), "category": JSONValue(segment.category),
    ]
  }
}
