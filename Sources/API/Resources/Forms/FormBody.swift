import Fields
import Forms
import Primitives

extension FormInput {
  /// Reads the members of a body. A whole entity that was read earlier can be sent back (API page, quirk 24).
  init(_ body: JSONValue) throws(APIError) {
    self.init()
    var members = Members(body)
    name = members.text("name")
    alias = members.text("alias")
    description = members.optionalText("description")
    category = members.reference("category")
    kind = members.text("formType")
    postAction = members.text("postAction")
    postActionProperty = members.optionalText("postActionProperty")
    publishUp = members.date("publishUp")
    publishDown = members.date("publishDown")
    isPublished = members.truth("isPublished")
    template = members.optionalText("template")
    attributes = members.optionalText("formAttributes")
    language = members.optionalText("language")
    usesThemeStyle = members.truth("renderStyle")
    isKiosk = members.truth("inKioskMode")
    isNotIndexed = members.truth("noIndex")
    shownLimit = members.limit("progressiveProfilingLimit")
    hasChallenge = members.truth("proofOfWork")
    consent = members.optionalText("consentText")
    confirmation = Self.confirmation(&members)
    fields = members.parts("fields").map { parts in
      parts.map { Self.field($0.element, $0.place, &members) }
    }
    actions = members.parts("actions").map { parts in
      parts.map { Self.action($0.element, $0.place, &members) }
    }
    try members.finish()
  }

  /// The mail that asks for a confirmation: an object; null, an empty text and false mean none.
  private static func confirmation(_ members: inout Members) -> FormConfirmationTexts?? {
    guard let value = members.body["doubleOptIn"] else { return nil }
    if value == .null || value == .string("") || value == .bool(false) || value.isEmptyContainer {
      return .some(nil)
    }
    guard value.asObject != nil else {
      members.refuse("doubleOptIn", "must be an object with subject and message")
      return nil
    }
    return FormConfirmationTexts(
      subject: value["subject"]?.text ?? "", message: value["message"]?.text ?? "")
  }

  private static func field(
    _ body: JSONValue, _ place: Int, _ outer: inout Members
  ) -> FormFieldInput {
    var members = Members(body, prefix: "fields[\(place)].")
    var field = FormFieldInput()
    // A number is a field's id; `new1` and the like name a new one.
    field.id = body["id"]?.integer.map(Int64.init)
    field.key = field.id == nil ? body["id"]?.text : nil
    field.label = members.text("label")
    field.alias = members.text("alias")
    field.type = members.text("type")
    field.mapping = mapping(&members)
    field.showsLabel = members.truth("showLabel")
    field.defaultValue = members.optionalText("defaultValue")
    field.validationMessage = members.optionalText("validationMessage")
    field.helpMessage = members.optionalText("helpMessage")
    field.labelAttributes = members.optionalText("labelAttributes")
    field.inputAttributes = members.optionalText("inputAttributes")
    field.containerAttributes = members.optionalText("containerAttributes")
    field.isRequired = members.truth("isRequired")
    field.order = members.integer("order")
    field.properties = members.kept("properties")
    field.validation = members.kept("validation")
    field.conditions = members.kept("conditions")
    field.parent = parent(body["parent"])
    field.savesResult = members.truth("saveResult")
    field.fillsIn = members.truth("isAutoFill")
    field.showsKnown = members.truth("showWhenValueExists")
    field.isAlwaysShown = members.truth("alwaysDisplay")
    field.showsAfter = members.limit("showAfterXSubmissions")
    outer.include(members)
    return field
  }

  private static func action(
    _ body: JSONValue, _ place: Int, _ outer: inout Members
  ) -> FormActionInput {
    var members = Members(body, prefix: "actions[\(place)].")
    var action = FormActionInput()
    action.id = body["id"]?.integer.map(Int64.init)
    action.name = members.text("name")
    action.description = members.optionalText("description")
    action.type = members.text("type")
    action.order = members.integer("order")
    action.properties = members.kept("properties")
    outer.include(members)
    return action
  }

  /// `mappedObject` and `mappedField`, or the latter under its old name `leadField`.
  private static func mapping(_ members: inout Members) -> FormMappingInput?? {
    let name = members.body["mappedField"] == nil ? "leadField" : "mappedField"
    guard members.body[name] != nil else { return nil }
    guard let field = members.optionalText(name), !field.isEmpty else { return .some(nil) }
    switch members.optionalText("mappedObject") {
    case nil, "": return FormMappingInput(nil, field)
    case "contact", "lead": return FormMappingInput(.contact, field)
    case "company": return FormMappingInput(.company, field)
    case let other?:
      members.refuse("mappedObject", "\"\(other.prefix(60))\" is neither contact nor company")
      return nil
    }
  }

  /// A field's id, also as the object that an answer has, or the key of a new field.
  private static func parent(_ value: JSONValue?) -> FormFieldReference?? {
    guard let value else { return nil }
    let reference = value["id"] ?? value
    if let id = reference.integer {
      guard id != 0 else { return .some(nil) }
      return FormFieldReference.id(Int64(id))
    }
    guard let key = reference.text, !key.isEmpty else { return .some(nil) }
    return FormFieldReference.key(key)
  }
}

extension Members {
  /// A list of objects with their places. Null counts as missing, an empty text as an empty list.
  fileprivate mutating func parts(_ name: String) -> [(place: Int, element: JSONValue)]? {
    guard let given = body[name], given != .null else { return nil }
    if given == .string("") { return [] }
    guard let elements = given.elements else {
      refuse(name, "must be a list")
      return nil
    }
    for (place, element) in elements.enumerated() where element.asObject == nil {
      refuse("\(name)[\(place)]", "must be an object")
    }
    return elements.enumerated().map { (place: $0.offset, element: $0.element) }
  }

  /// Properties, whose members depend on a type. Null counts as missing.
  fileprivate func kept(_ name: String) -> Primitives.JSONValue? {
    guard let given = body[name], given != .null else { return nil }
    return given.kept
  }

  /// A number that may be none. Null and an empty text mean none.
  fileprivate mutating func limit(_ name: String) -> Int?? {
    guard let value = body[name] else { return nil }
    if value == .null || value == .string("") { return .some(nil) }
    guard let number = integer(name) else { return nil }
    return .some(number)
  }
}
