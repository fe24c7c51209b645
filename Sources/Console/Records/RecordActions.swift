import API

/// What is done with records: delete, clone, publish, alone and with all that are selected.
struct RecordActions: Sendable {
  let kind: RecordPages

  func delete(_ page: PageRequest) async throws -> PageAnswer {
    try await page.send(.delete, "\(kind.api)/\(page.id)/delete")
    return .redirect(to: kind.path, message: page.texts("Deleted."))
  }

  /// Creates a record with the members of another.
  func clone(_ page: PageRequest) async throws -> PageAnswer {
    var (answer, members) = (JSONValue.null, JSONObject())
    answer = try await page.get("\(kind.api)/\(page.id)", kind.recordQuery)
    guard case .object(let record)? = answer[kind.member] else { throw APIError.notFound }
    for member in record.members where !Self.ownMembers.contains(member.key) {
      members[member.key] = Self.sendable(member.value)
    }
    let naming = ["name", "title", "label"].first { members[$0] != nil } ?? "name"
    members[naming] = .string(
      page.texts("Copy of {name}", ["name": record[naming]?.text ?? ""]))
    if kind.isPublishable { members["isPublished"] = false }
    kind.copied(&members)
    let made = try await page.send(.post, "\(kind.api)/new", .object(members))
    let id = made[kind.member]?["id"]?.text ?? ""
    return .redirect(
      to: "\(kind.path)/\(id)/edit", message: page.texts("Copied. This is the copy."))
  }

  /// Members that a copy does not have.
  private static let ownMembers: Set<String> = [
    "id", "alias", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
    "modifiedByUser", "publishUp", "publishDown",
  ]

  /// A member as the API takes it: of a record within it the id.
  private static func sendable(_ value: JSONValue) -> JSONValue {
    if case .object(let object) = value, let id = object["id"], object["title"] != nil { return id }
    return value
  }

  func publish(_ page: PageRequest) async throws -> PageAnswer {
    let isPublished = try await FormBody(page).text("isPublished") == "1"
    try await page.send(
      .patch, "\(kind.api)/\(page.id)/edit", ["isPublished": .bool(isPublished)])
    return .redirect(
      to: kind.page(of: String(try page.id)),
      message: isPublished ? page.texts("Published.") : page.texts("Not published any more."))
  }

  func batch(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    let ids = body.ids("ids")
    guard !ids.isEmpty else {
      return .redirect(to: kind.path, message: page.texts("Nothing was selected."))
    }
    let listed = JSONValue.array(ids.map { .int(Int($0)) })
    switch body.text("action") {
    case "delete":
      try await page.send(.delete, "\(kind.api)/batch/delete", ["ids": listed])
    case "publish", "unpublish":
      let isPublished = body.text("action") == "publish"
      try await page.send(
        .patch, "\(kind.api)/batch/edit",
        .array(ids.map { ["id": .int(Int($0)), "isPublished": .bool(isPublished)] }))
    default: throw APIError(.badRequest, "action: delete, publish or unpublish.")
    }
    return .redirect(
      to: kind.path,
      message: page.texts.counting(
        ids.count, one: "Done for 1 entry.", many: "Done for {count} entries."))
  }

  /// The buttons of a record.
  func buttons(_ record: JSONValue, _ page: PageRequest) -> HTML {
    let isPublished = record["isPublished"]?.truth == true
    return Self.template(
      [
        "base": "/console/\(kind.path)/\(record["id"]?.text ?? "")", "token": page.token,
        "canPublish": kind.isPublishable && page.may(.edit, kind.area),
        "isPublished": isPublished, "canClone": kind.isClonable && page.may(.create, kind.area),
        "canDelete": page.may(.delete, kind.area) && kind.isDeletable(record),
        "furtherHTML": kind.actions(record, page),
      ], page.texts)
  }

  private static let template = Template(
    #"""
    {{{furtherHTML}}}{{#canPublish}}<form method="post" action="{{base}}/publish"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="isPublished" value="{{#isPublished}}0{{/isPublished}}{{^isPublished}}1{{/isPublished}}"><button class="button">{{#isPublished}}[[Unpublish]]{{/isPublished}}{{^isPublished}}[[Publish]]{{/isPublished}}</button></form>{{/canPublish}}
    {{#canClone}}<form method="post" action="{{base}}/clone"><input type="hidden" name="token" value="{{token}}"><button class="button">[[Clone]]</button></form>{{/canClone}}
    {{#canDelete}}<form method="post" action="{{base}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="button danger" data-confirm="[[Delete this for good?]]">[[Delete]]</button></form>{{/canDelete}}
    """#)
}
