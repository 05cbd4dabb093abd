//! Letters and logs of our own writing, imported and imported again.

use crate::rig::small_record;
use std::path::Path;

const LETTER: &str = "\
Dear Chair,

Here is my response to the points raised at the meeting of 12 September 2018.

### Roads

- **Why was the crossing not built?** The survey found that the ground was too soft. See the survey at
  <https://example.org/survey>.
- **Who pays for the new lights? When will they be lit?** The county pays for them.

### Schools

1. **List of schools that were visited.** We visited eleven schools between January and July.

Yours sincerely,
A. N. Officer
";

const LOG: &str = "\
Ref,Action,Date raised,Owner,Due date,Status
OLD/1,Report on lighting,12/09/2018,The Office,10/10/2018,Open
OLD/2,Figures on visits,12/09/2018,The Office,10/10/2018,Closed
OLD/3,Plan for crossings,12/09/2018,The Office,31/12/2018,Open
";

/// Writes an action log, and answers where.
pub(crate) fn action_log(folder: &Path) -> String {
    let path = folder.join("log.csv");
    std::fs::write(&path, LOG).unwrap();
    path.display().to_string()
}

#[test]
fn a_letter_is_applied_once_however_often() {
    let (folder, way) = small_record();
    let letter = folder.path().join("letter.md");
    let plan = folder.path().join("plan.toml").display().to_string();
    std::fs::write(&letter, LETTER).unwrap();
    let letter = letter.display().to_string();
    let dates = ["--meeting", "2018-09-12", "--answered", "2018-11-09"];
    let dry = [
        &["import", "letter", &letter][..],
        &dates,
        &["--dry-run", "--json", "--out", &plan],
    ]
    .concat();
    let found: serde_json::Value = serde_json::from_str(&way.run(&dry).done().out).unwrap();
    assert_eq!(found["counts"]["topics"], 2);
    assert_eq!(found["counts"]["items"], 3);
    assert_eq!(found["counts"]["asks"], 4);
    assert_eq!(
        way.run(&["export"]).done().out.lines().count(),
        6,
        "a dry run recorded something"
    );

    way.run(&["import", "letter", "--apply", &plan]).done();
    let once = way.run(&["export"]).done().out;
    let rows = way.run(&["action", "list", "--json"]).done().out;
    let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 3, "{rows:#}");
    way.run(&["import", "letter", "--apply", &plan]).done();
    assert_eq!(way.run(&["export"]).done().out, once);
}

#[test]
fn a_log_is_imported_once_and_bad_rows_are_named() {
    let (folder, way) = small_record();
    let log = action_log(folder.path());
    let said = way.run(&["import", "log", &log]).done();
    assert!(
        said.err
            .contains("3 rows recorded, 0 on record already, 0 not accepted"),
        "{}",
        said.err
    );
    let again = way.run(&["import", "log", &log]).done();
    assert!(
        again.err.contains("0 rows recorded, 3 on record already"),
        "{}",
        again.err
    );
    let open = way.run(&["action", "list", "--open"]).done().out;
    assert_eq!(open.lines().count(), 3, "a heading and two rows: {open}");

    std::fs::write(&log, LOG.replace("31/12/2018", "31/02/2018")).unwrap();
    let said = way.run(&["import", "log", &log]).ended(1);
    assert!(said.out.contains("4\t"), "row 4 is named: {}", said.out);
}
