extension Schema {
  /// The schemas that others name.
  static let components: [(name: String, schema: Schema)] =
    MemberKind.allCases.map { ($0.schemaName, $0.schema.with("description", .string($0.meaning))) }
    + [
      ("Errors", .errors), ("Error", .error),
      ("FieldGroups", .map(of: .phpMap(of: .any))),
    ]
    + records

  /// Records inside others, and those that are no resource of ten endpoints.
  private static let records: [(name: String, schema: Schema)] = [
    (
      "ShortCategory",
      "id:integer title:text alias:text description:text? color:text? bundle:text"
    ),
    (
      "Job",
      """
      id:text type:text queue:text state:text object:text? objectId:integer? priority:integer? attempts:integer \
      maxAttempts:integer progress:object result:any error:object? dedupeKey:text? parameters:any createdBy:integer? \
      dateAdded:date? dateAvailable:date? dateStarted:date? dateEnded:date? links:object
      """
    ),
    (
      "Import",
      """
      @published id:id object:text originalFile:text status:integer statusName:text statusInfo:text? \
      cancelled:truth priority:integer lineCount:integer insertedCount:integer updatedCount:integer \
      ignoredCount:integer processedCount:integer leftOutCount:integer progress:number? speed:number \
      dateStarted:date? dateEnded:date? headers:texts properties:object jobId:text? error:object? remarks:texts \
      undo:object? links:object
      """
    ),
    (
      "Export",
      """
      @published id:id object:text format:text status:integer statusName:text query:any columns:texts \
      delimiter:text? gzip:truth bom:truth raw:truth notifyEmail:truth formulasNeutralised:truth \
      neutralisedCount:integer shortenedCount:integer failedCount:integer failures:list rowCount:integer? \
      processedCount:integer progress:number? fileName:text fileSize:integer? sha256:text? dateStarted:date? \
      dateEnded:date? dateExpires:date? downloadUrl:text? jobId:text? error:object?
      """
    ),
    (
      "Delivery",
      """
      id:integer state:text events:integer attempts:integer statusCode:integer? note:text? dateAdded:date?
      """
    ),
    (
      "Token",
      """
      id:integer name:text user:object prefix:text scope:texts? networks:texts dateAdded:date? expires:date? \
      lastUsed:date? revoked:date? token:text
      """
    ),
    (
      "Session",
      """
      id:integer address:text? agent:text? dateAdded:date? lastSeen:date? expires:date? isKept:truth \
      isCurrent:truth
      """
    ),
    (
      "AuditEntry",
      """
      id:integer dateAdded:date? bundle:text object:text objectId:integer action:text userId:integer? \
      userName:text? ipAddress:text? details:any
      """
    ),
    (
      "Setting",
      """
      name:text group:text type:text value:any default:any isChanged:truth minimum:integer? maximum:integer? \
      choices:texts takes:text effect:text isReadAtStart:truth command:text
      """
    ),
    (
      "Hit",
      """
      id:integer dateHit:date? url:text title:text? referrer:text? contact:integer? email:integer? page:integer? \
      address:text? agent:text?
      """
    ),
    ("ShortUser", "id:integer username:text firstName:text lastName:text"),
    ("ShortRole", "id:integer name:text description:text? isAdmin:truth rawPermissions:map"),
    ("ShortGroup", "id:integer name:text description:text?"),
    (
      "ShortSegment",
      "id:integer name:text publicName:text alias:text description:text? category:ShortCategory?"
    ),
    ("ShortPage", "id:integer title:text alias:text category:ShortCategory?"),
    ("UtmTags", "utmSource:text? utmMedium:text? utmCampaign:text? utmContent:text?"),
    (
      "TriggerEvent",
      "id:integer name:text description:text? type:text order:integer properties:any"
    ),
    (
      "FormField",
      """
      id:integer label:text showLabel:truth alias:text type:text defaultValue:text? isRequired:truth \
      validationMessage:text? helpMessage:text? order:integer properties:any validation:any parent:any \
      conditions:any labelAttributes:text? inputAttributes:text? containerAttributes:text? leadField:text? \
      saveResult:truth isAutoFill:truth mappedObject:text? mappedField:text? showWhenValueExists:truth \
      showAfterXSubmissions:integer? alwaysDisplay:truth
      """
    ),
    (
      "FormAction",
      "id:integer name:text description:text? type:text order:integer properties:any"
    ),
    (
      "CampaignEvent",
      """
      id:integer name:text description:text? type:text eventType:text channel:text? channelId:integer? \
      order:integer properties:any triggerDate:date? triggerInterval:integer triggerIntervalUnit:text \
      triggerHour:text? triggerRestrictedStartHour:text? triggerRestrictedStopHour:text? \
      triggerRestrictedDaysOfWeek:list triggerMode:text? decisionPath:text? triggerContactField:text \
      triggerOffset:integer triggerOffsetUnit:text triggerIfPast:text parent:object? children:list *
      """
    ),
  ]

  /// The envelope of errors (API page, section 5).
  static let errors = object([("errors", list(of: named("Error")))])

  private static let error = type(
    "object",
    [
      "properties": [
        "code": .object(Schema.integer.json), "message": .object(Schema.text.json),
        "details": .object(Schema.phpMap(of: .list(of: .text)).json),
        "type": .object(Schema.text.orNull.json),
      ],
      "required": ["code", "message", "type"], "additionalProperties": false,
    ])

  /// An answer that only says that it was done.
  static let success: Schema = "success:any"

  /// Several values by their position: a list, or an object where positions are missing.
  static func byPosition(_ schema: Schema) -> Schema {
    .anyOf([.list(of: schema), .map(of: schema)])
  }
}
