import API

/// The pages of operators: queues, workers, jobs (console.md 3, "Work").
enum WorkPages {
  static var routes: [ConsoleRoute] {
    QueuePages.routes + WorkerPages.routes + JobPages.routes
  }

  static var live: [LiveTopic] { [QueuePages.live, JobPage.live] }

  /// The links between the pages of work.
  ///
  /// - Parameter current: The path of the page that shows.
  static func tabs(_ current: String, _ page: PageRequest) -> HTML {
    let tabs = [
      ("work", "Queues"), ("work/workers", "Workers"), ("work/jobs", "Jobs"),
      ("work/jobs?state=scheduled", "Scheduled"), ("work/jobs?state=dead", "Dead"),
    ]
    return template(
      [
        "tabs": tabs.map { path, text in
          [
            "path": "/console/\(path)", "text": page.texts(text), "isCurrent": path == current,
          ] as [String: Any]
        }
      ], page.texts)
  }

  private static let template = Template(
    #"""
    <nav class="tabs" aria-label="[[Work]]">{{#tabs}}<a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{text}}</a>{{/tabs}}</nav>
    """#)
}
