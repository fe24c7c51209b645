import API

/// The pages of operators: queues, workers, jobs, schedule, dead set, periodic jobs, health (console.md 3, "Work").
enum WorkPages {
  static var routes: [ConsoleRoute] {
    QueuePages.routes + WorkerPages.routes + ScheduledPages.routes + DeadPages.routes
      + PeriodicPages.routes + HealthPages.routes + JobPages.routes
  }

  static var live: [LiveTopic] { [QueuePages.live, ScheduledPages.live, JobPage.live] }

  /// The links between the pages of work.
  ///
  /// - Parameter current: The path of the page that shows.
  static func tabs(_ current: String, _ page: PageRequest) -> HTML {
    let tabs = [
      ("work", "Queues"), ("work/workers", "Workers"), ("work/jobs", "Jobs"),
      ("work/scheduled", "Scheduled"), ("work/dead", "Dead"), ("work/periodic", "Periodic"),
      ("work/health", "Health"),
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
