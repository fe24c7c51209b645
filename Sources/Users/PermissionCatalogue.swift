extension PermissionArea {
  /// Contacts, and what belongs to them; companies too.
  package static let contacts = PermissionArea("lead:leads")
  package static let segments = PermissionArea("lead:lists")
  package static let fields = PermissionArea("lead:fields")
  package static let imports = PermissionArea("lead:imports")
  package static let exports = PermissionArea("lead:export")
  package static let campaigns = PermissionArea("campaign:campaigns")
  package static let emails = PermissionArea("email:emails")
  package static let forms = PermissionArea("form:forms")
  package static let assets = PermissionArea("asset:assets")
  package static let pages = PermissionArea("page:pages")
  package static let dynamicContents = PermissionArea("dynamiccontent:dynamiccontents")
  package static let webhooks = PermissionArea("webhook:webhooks")
  package static let focusItems = PermissionArea("focus:items")
  package static let points = PermissionArea("point:points")
  package static let pointTriggers = PermissionArea("point:triggers")
  package static let pointGroups = PermissionArea("point:groups")
  package static let stages = PermissionArea("stage:stages")
  package static let tags = PermissionArea("tagManager:tagManager")
  package static let categories = PermissionArea("category:categories")
  package static let users = PermissionArea("user:users")
  package static let roles = PermissionArea("user:roles")
  package static let messages = PermissionArea("channel:messages")
  package static let smses = PermissionArea("sms:smses")
  package static let notifications = PermissionArea("notification:notifications")
  package static let tweets = PermissionArea("mauticSocial:tweets")
  package static let themes = PermissionArea("core:themes")
  /// The clients of OAuth.
  package static let clients = PermissionArea("api:clients")
  /// To let applications act for oneself, by OAuth and by tokens.
  package static let tokens = PermissionArea("api:access")
  package static let reports = PermissionArea("report:reports")

  /// Every permission of the contract, as the levels of each area (api.md 9).
  package static let catalogue: [PermissionArea: [PermissionLevel]] = {
    var areas: [PermissionArea: [PermissionLevel]] = [:]
    for area in withOwners { areas[area] = ownLevels }
    for area in plain + categoriesOfBundles { areas[area] = plainLevels }
    areas[.fields] = [.view, .full]
    areas[.exports] = [.enable]
    areas[.tokens] = [.full]
    return areas
  }()

  /// All areas by name.
  package static let all = catalogue.keys.sorted { $0.description < $1.description }

  private static let ownLevels: [PermissionLevel] = [
    .viewown, .viewother, .editown, .editother, .create, .deleteown, .deleteother, .publishown,
    .publishother, .full,
  ]
  private static let plainLevels: [PermissionLevel] = [
    .view, .edit, .create, .delete, .publish, .full,
  ]

  /// Areas whose records belong to somebody.
  private static let withOwners: [PermissionArea] =
    [
      .contacts, .segments, .campaigns, .emails, .forms, .assets, .pages, .dynamicContents,
      .webhooks, .focusItems, .messages, .smses, .notifications, .tweets,
      .reports,
    ]

  private static let plain: [PermissionArea] =
    [
      .points, .pointTriggers, .pointGroups, .stages, .users, .roles, .categories, .imports, .tags,
      .themes, .clients,
    ]

  /// The categories of a bundle, beside ``categories``, which are those of all.
  package static let categoriesOfBundles = [
    "asset", "campaign", "channel", "dynamiccontent", "email", "focus", "form", "lead", "messages",
    "notification", "page", "point", "segment", "sms", "stage", "webhook", "global",
  ].map { PermissionArea("\($0):categories") }
}
