"""Many runs over a design of scenario values, kept run by run: what is finished is never lost and never run twice."""
