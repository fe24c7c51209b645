import Contacts
import Postgres
import Primitives

extension FormValues {
  static let columns: SQL = """
    name, alias, description, category_id, form_type, post_action, post_action_property, publish_up,
      publish_down, is_published, settings
    """

  init(_ row: PostgresRow) throws {
    self.init(name: try row.decode("name"), alias: try row.decode("alias"))
    description = try row.decode("description")
    category = try row.decode("category_id")
    kind = FormKind(rawValue: try row.decode("form_type")) ?? .standalone
    postAction = FormPostAction(rawValue: try row.decode("post_action")) ?? .return
    postActionProperty = try row.decode("post_action_property")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    isPublished = try row.decode("is_published")
    let json: JSON = try row.decode("settings")
    settings = try json.decode()
  }

  /// The values of ``columns``.
  var sql: SQL {
    get throws {
      """
      \(name), \(alias), \(description)::text, \(category)::bigint, \(kind.rawValue),
        \(postAction.rawValue), \(postActionProperty)::text, \(publishUp)::timestamptz,
        \(publishDown)::timestamptz, \(isPublished), \(try JSON(settings))
      """
    }
  }

  /// The members by name, for the audit log.
  var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", JSONValue(description)),
      ("category", JSONValue(category)), ("formType", .string(kind.rawValue)),
      ("postAction", .string(postAction.rawValue)),
      ("postActionProperty", JSONValue(postActionProperty)), ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)), ("isPublished", .boolean(isPublished)),
      ("template", JSONValue(settings.template)), ("language", JSONValue(settings.language)),
      ("formAttributes", JSONValue(settings.attributes)),
      ("renderStyle", .boolean(settings.usesThemeStyle)),
      ("inKioskMode", .boolean(settings.isKiosk)),
      ("noIndex", settings.isNotIndexed.map(JSONValue.boolean) ?? .null),
      ("progressiveProfilingLimit", JSONValue(settings.shownLimit.map(Int64.init))),
      ("proofOfWork", .boolean(settings.hasChallenge)),
      ("consentText", JSONValue(settings.consent)),
      ("doubleOptIn", JSONValue(settings.confirmation?.message)),
    ]
  }
}
