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

    let first = way.run(&["import", "letter", "--apply", &plan]).done();
    assert!(
        first
            .err
            .contains("PCP/2018/003; 0 of them on record already; "),
        "{}",
        first.err
    );
    let once = way.run(&["export"]).done().out;
    let rows = way.run(&["action", "list", "--json"]).done().out;
    let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 3, "{rows:#}");
    let again = way.run(&["import", "letter", "--apply", &plan]).done();
    assert!(
        again
            .err
            .contains("all of them on record already; nothing was added"),
        "{}",
        again.err
    );
    assert_eq!(way.run(&["export"]).done().out, once);

    // Edited after it was raised: reported by item and reference, and nothing is raised again.
    let edited = std::fs::read_to_string(&plan).unwrap();
    let edited = edited
        .replace(
            "Why was the crossing not built?",
            "Why is there no crossing?",
        )
        .replace("The county pays for them.", "The district pays for them.");
    std::fs::write(&plan, edited).unwrap();
    let said = way.run(&["import", "letter", "--apply", &plan]).ended(1);
    assert_eq!(way.run(&["export"]).done().out, once, "{said:#?}");
    insta::assert_snapshot!(said.out);
    // A new item beside them is raised once, whatever became of the others.
    let copied = std::fs::read_to_string(&plan).unwrap();
    let last = copied.rfind("[[item]]").unwrap();
    let copy = copied[last..].replace("id = \"3\"", "id = \"3b\"");
    std::fs::write(&plan, format!("{copied}\n{copy}")).unwrap();
    way.run(&["import", "letter", "--apply", &plan]).ended(1);
    way.run(&["import", "letter", "--apply", &plan]).ended(1);
    let rows = way.run(&["action", "list", "--json"]).done().out;
    let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 4, "{rows:#}");
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

const UNUSUAL: &str = "\
Ref,Action,Date raised,Meeting,Due date,Status,Update,RAG
OLD/1,Report on lighting,12/09/2018,12 September 2018,10/10/2018,Answered,,
OLD/2,Figures on visits,12/09/2018,september,10/10/2018,Open,Half of them are in.,
OLD/3,Plan for crossings,12/09/2018,,31/12/2018,Open,,Amber
OLD/4,Map of schools,13/09/2018,Extraordinary meeting,31/12/2018,Open,,
";

/// Every row is on record as the log has it, or named with what would be right.
#[test]
fn no_row_of_a_log_loses_what_it_says() {
    let (folder, way) = small_record();
    let log = folder.path().join("log.csv");
    std::fs::write(&log, UNUSUAL).unwrap();
    let log = log.display().to_string();
    let said = way.run(&["import", "log", &log, "--json"]).ended(1);
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["accepted"], 3, "{told:#}");
    assert_eq!(told["problems"].as_array().unwrap().len(), 1, "{told:#}");
    assert_eq!(told["problems"][0]["number"], 5);
    let reason = told["problems"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("Extraordinary meeting"), "{reason}");

    let row = |reference: &str| {
        let shown = way.run(&["action", "show", reference, "--json"]).done();
        serde_json::from_str::<serde_json::Value>(&shown.out).unwrap()
    };
    assert_eq!(row("OLD/1")["state"], "answered");
    assert_eq!(row("OLD/1")["meeting"], "september");
    let open = row("OLD/2");
    assert_eq!(open["rag"], serde_json::Value::Null);
    assert!(open["story"].to_string().contains("Half of them are in."));
    assert_eq!(row("OLD/3")["rag"], "amber");
    way.run(&["action", "show", "OLD/4"]).ended(1);
    way.run(&["import", "log", &log]).ended(1);
}

const DOUBTFUL: &str = "\
Ref,Action,Date raised,Meeting,Owner,Delegated to,Due date,Status,Date closed
OLD/1,Report on lighting,12/09/2018,september,The Office,drugs and  alcohol misuse,10/10/2018,Open,
OLD/2,Figures on visits,12/09/2018,,Nobody in particular,,10/10/2018,Open,
OLD/3,Plan for crossings,12/09/2018,,The Office,,31/08/2018,Open,
OLD/4,Map of schools,12/09/2018,,The Office,,31/12/2018,Closed,01/09/2018
OLD/1,Another report,12/09/2018,,The Office,,10/10/2018,Open,
OLD/5,Letter to the force,12/09/2032,,The Office,,10/10/2032,Open,
OLD/6,Map of lights,11/09/2018,september,The Office,,10/10/2018,Open,
OLD/7,List of clubs,12/09/2017,,The Office,Drugs and Alcohol Misuse,10/10/2018,Open,
";

/// What a dry run promises is what a run does, row by row.
#[test]
fn a_dry_run_of_a_log_promises_what_is_then_recorded() {
    let (folder, way) = small_record();
    let log = folder.path().join("log.csv");
    std::fs::write(&log, DOUBTFUL).unwrap();
    let log = log.display().to_string();
    let told = |arguments: &[&str]| {
        let said = way.run(&[&["import", "log", &log, "--json"], arguments].concat());
        serde_json::from_str::<serde_json::Value>(&said.out).unwrap_or_else(|_| panic!("{said:#?}"))
    };
    let promised = told(&["--dry-run"]);
    assert_eq!(way.run(&["export"]).done().out.lines().count(), 6);
    let recorded = told(&[]);
    let numbers = |told: &serde_json::Value| -> Vec<u64> {
        let problems = told["problems"].as_array().unwrap();
        problems
            .iter()
            .map(|problem| problem["number"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(
        numbers(&promised),
        numbers(&recorded),
        "{promised:#}\n{recorded:#}"
    );
    assert_eq!(
        promised["accepted"], recorded["accepted"],
        "{promised:#}\n{recorded:#}"
    );
    let promised = told(&["--dry-run"]);
    assert_eq!(
        (&promised["accepted"], &promised["unchanged"]),
        (&0.into(), &recorded["accepted"])
    );
    let said = way.run(&["import", "log", &log, "--dry-run"]).ended(1);
    let mut today = insta::Settings::clone_current();
    today.add_filter("today is [0-9]+ [A-Z][a-z]+ [0-9]{4}", "today is [day]");
    today.bind(|| insta::assert_snapshot!(said.out));
}
