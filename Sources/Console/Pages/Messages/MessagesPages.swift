import API
import Users

/// The pages of marketing messages, and of what is sent by other channels than e-mail.
enum MessagesPages {
  /// All of them; they are one item of the navigation, with tabs.
  static var routes: [ConsoleRoute] {
    [MarketingMessagePages.kind, TextPages.texts, TextPages.notifications, TextPages.tweets]
      .flatMap { kind in kind.routes.map { tabbed($0, kind) } }
  }

  /// A kind's pages as parts of the item, with the tabs above its list.
  private static func tabbed(_ route: ConsoleRoute, _ kind: RecordPages) -> ConsoleRoute {
    var tabbed = route
    tabbed.handler = { page in
      let answer = try await route.handler(page)
      guard case .page(var content) = answer else { return answer }
      content.section = "messages"
      if route.path == "/\(kind.path)", route.method == .get {
        content.contentHTML = tabs(kind.path, page) + content.contentHTML
      }
      return .page(content)
    }
    return tabbed
  }

  private static func tabs(_ current: String, _ page: PageRequest) -> HTML {
    let all: [(path: String, text: String, area: PermissionArea)] = [
      ("messages", page.texts("Marketing messages"), .messages),
      ("smses", page.texts("Text messages"), .smses),
      ("notifications", page.texts("Notifications"), .notifications),
      ("tweets", page.texts("Tweets"), .tweets),
    ]
    return Tabs(
      page.texts("Channels"),
      all.filter { page.may(.view, $0.area) }.map {
        .init(text: $0.text, path: $0.path, isCurrent: $0.path == current)
      })(page)
  }
}
