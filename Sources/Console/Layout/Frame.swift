import API
import HTTPTypes
import Hummingbird

/// The frame that all pages have: navigation, heading, what was done last.
struct Frame: Sendable {
  let page: PageRequest

  /// An answer of a page's handler as one of HTTP.
  func answer(_ answer: PageAnswer) -> APIResponse {
    switch answer {
    case .page(let content): return self(content)
    case .part(let html): return Self.response(html, .ok)
    case .other(let response): return response
    case .redirect(let path, let message):
      var response = APIResponse(status: .seeOther, body: .whole(ByteBuffer()))
      response.headers[.location] = "/console" + (path.isEmpty ? "" : "/" + path)
      if let message { response.headers.append(Flash.field(message, isSecure: isSecure)) }
      return response
    }
  }

  /// A page as an answer.
  func callAsFunction(_ content: Page) -> APIResponse {
    let message = Flash.message(page.request.headers)
    let html = Self.template(values(content, message), page.texts)
    var response = Self.response(html, content.status)
    if message != nil { response.headers.append(Flash.cleared(isSecure: isSecure)) }
    return response
  }

  private var isSecure: Bool { page.console.site.lowercased().hasPrefix("https://") }

  /// Markup as an answer that no other site may frame and no cache may keep (CSL-4).
  private static func response(_ html: HTML, _ status: HTTPResponse.Status) -> APIResponse {
    APIResponse(
      status: status,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy: Self.policy, .frameOptions: "DENY", .referrerPolicy: "same-origin",
        .robots: "noindex", .vary: "HX-Request, Accept-Language",
      ], body: .whole(ByteBuffer(string: html.text)))
  }

  private static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; \
    img-src 'self' data: https:; frame-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'
    """

  private func values(_ content: Page, _ message: String?) -> [String: Any] {
    let assets = page.console.assets
    let scripts = ["console.js", "palette.js"] + content.scripts
    return [
      "language": page.texts.language.rawValue, "title": content.title,
      "groups": Navigation.shown(to: page, section: content.section),
      "trail": content.trail.map { ["text": $0.text, "path": "/console/\($0.path)"] },
      "actionsHTML": content.actionsHTML, "contentHTML": content.contentHTML,
      "leadHTML": content.leadHTML, "marksHTML": content.marksHTML,
      "subtitle": content.subtitle, "width": content.width.rawValue,
      "messageHTML": message.map { Alert(.ok, $0)(page) } ?? .empty,
      "styles": (WebFiles.styles + content.styles).compactMap(assets.path),
      "fonts": ["inter.css"].compactMap(assets.path),
      "modules": scripts.compactMap(assets.path),
      "libraries": ["htmx.js"].compactMap(assets.path),
      "icons": WebFiles.icons, "favicon": assets.path("favicon.svg") ?? "", "token": page.token,
      "apiToken": page.console.sessions.formToken(page.session, BrowserSessions.apiSubject),
      "logoutToken": page.console.sessions.formToken(page.session, BrowserSessions.logoutSubject),
      "live": content.live.map { "/console/live/\($0)" } ?? "",
      "user": page.user.fullName, "address": page.user.email ?? page.user.username,
      "initials": Self.letters(page.user.fullName),
      "textsHTML": content.scripts.isEmpty ? .empty : page.texts.scriptHTML,
    ]
  }

  private static func letters(_ name: String) -> String {
    name.split(separator: " ").prefix(2).compactMap(\.first).map(String.init).joined().uppercased()
  }

  private static let template = Template(
    #"""
    <!doctype html>
    <html lang="{{language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}} · Martlet</title><meta name="color-scheme" content="light dark"><link rel="icon" type="image/svg+xml" href="{{favicon}}">
    <meta name="form-token" content="{{token}}"><meta name="csrf-token" content="{{apiToken}}">
    <meta name="htmx-config" content='{"allowEval":false,"includeIndicatorStyles":false,"selfRequestsOnly":true}'>
    {{#fonts}}<link rel="stylesheet" href="{{.}}">{{/fonts}}{{#styles}}<link rel="stylesheet" href="{{.}}">{{/styles}}
    {{#libraries}}<script src="{{.}}" defer></script>{{/libraries}}{{#modules}}<script type="module" src="{{.}}"></script>{{/modules}}</head>
    <body class="shell"><a class="skip" href="#main">[[Skip to the content]]</a>
    <details class="nav-toggle"><summary aria-label="[[Navigation]]">[icon:menu][icon:close]</summary></details>
    <nav class="nav" aria-label="[[Navigation]]"><a class="brand" href="/console">[icon:martlet]Martlet</a>
    {{#groups}}{{#heading}}<details class="nav-group"{{#isOpen}} open{{/isOpen}}><summary>{{heading}}</summary>{{/heading}}<ul>{{#items}}<li><a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg>{{text}}</a></li>{{/items}}</ul>{{#heading}}</details>{{/heading}}{{/groups}}</nav>
    <header class="topbar"><nav class="crumbs" aria-label="[[Where you are]]"><ol>{{#trail}}<li><a href="{{path}}">{{text}}</a></li>{{/trail}}<li aria-current="page">{{title}}</li></ol></nav>
    <form class="search affix" action="/console/search" role="search">[icon:search]<input class="input" type="search" name="q" placeholder="[[Search everything]]" aria-label="[[Search everything]]" maxlength="100"><kbd aria-hidden="true">/</kbd></form>
    <details class="menu end user" name="menu"><summary aria-label="[[Your account]]"><span class="avatar" aria-hidden="true">{{initials}}</span></summary><div class="menu-list"><p><strong>{{user}}</strong>{{address}}</p><hr><a class="item" href="/console/profile">[icon:users][[Profile]]</a><a class="item" href="/console/profile/tokens">[icon:lock][[API tokens]]</a><hr><form method="post" action="/account/logout"><input type="hidden" name="token" value="{{logoutToken}}"><button class="item">[icon:sign-out][[Sign out]]</button></form></div></details></header>
    <main class="main {{width}}" id="main" tabindex="-1"{{#live}} data-live="{{live}}"{{/live}}>
    <div class="page-head"><div class="page-title">{{{leadHTML}}}<div><h1>{{title}}{{{marksHTML}}}</h1>{{#subtitle}}<p class="sub">{{subtitle}}</p>{{/subtitle}}</div></div><div class="actions">{{{actionsHTML}}}</div></div>
    {{{messageHTML}}}{{{contentHTML}}}</main><div class="toasts" id="toasts" role="status" aria-live="polite"></div>
    {{#textsHTML}}<script type="application/json" id="texts">{{{textsHTML}}}</script>{{/textsHTML}}</body></html>
    """#)
}
